import { CorridorError, uuidTime, type Clock } from '@corridor/kernel';
import type { EventLog, NewRecord } from '@corridor/eventlog';
import { checkAttestation, checkHandling, isNewerRevision, retentionMonth, type ActorRef, type PolicyRevision, type PolicyState } from '@corridor/policy';
import { refusedByLatest, TOPICS, type DataKey, type DataKeys, type PolicyView } from '@corridor/runtime';
import { checkUpdate } from '../domain/check-update.ts';
import type { HubGeography } from '../domain/geography.ts';
import type { FoldedUpdate } from '../domain/folded-record.ts';
import { countsNationalities, placesOf, type UpdateBatch } from '../domain/update.ts';
import type { FoldedUpdates } from './folded-updates.ts';
import { watchPublishing } from './watched-publishing.ts';

/** The most updates of one message. */
const MAX_UPDATES = 256;
/** An id may be ahead of the node's clock by so much, ms. */
const CLOCK_SKEW = 300_000;

/** What a publisher asks for; the rest of a batch is the hub's. */
export interface PublishCommand extends Omit<UpdateBatch, 'revision' | 'publisher'> {
  readonly actor: ActorRef;
  /** The newest revision the publisher has seen. */
  readonly seen: PolicyRevision;
}

/** A batch that is durable: where it stands, and what became of each of its updates. */
export interface Published {
  readonly partition: number;
  readonly offset: number;
  readonly updates: readonly FoldedUpdate[];
}

export interface PublishDependencies {
  readonly log: EventLog;
  readonly keys: DataKeys;
  readonly policy: PolicyView;
  readonly updates: FoldedUpdates;
  readonly geography: HubGeography;
  readonly clock: Clock;
  readonly seal: (batch: UpdateBatch, key: DataKey) => NewRecord;
}

/** A batch on its way: `appended` when its order is fixed, `published` when it is durable and read back. */
export interface Publishing {
  readonly published: Promise<Published>;
}

/**
 * Checks a command, seals it and hands it to the log. Commands of one caller that are given one after the other, each
 * after the promise of the one before, stand in the log in that order.
 * @throws CorridorError when the command is refused; nothing of it is published then.
 */
export const publishUpdates = (command: PublishCommand, deps: PublishDependencies): Promise<Publishing> => watchPublishing(command, () => publish(command, deps));

async function publish(command: PublishCommand, deps: PublishDependencies): Promise<Publishing> {
  const { keys, policy, clock, log, updates, seal } = deps;
  const batch = await accept(command, deps);
  const id = { owner: batch.owner, series: batch.series, month: retentionMonth(clock.now(), batch.handling.retentionDays) };
  const key = keys.sealing(id) ?? (await keys.forSealing(id));
  if (isNewerRevision(batch.revision, policy.revision)) throw new CorridorError('POLICY_UNCONFIRMED', 'the seen revision is not known here');
  return { published: settle(log.append(TOPICS.updates.name, [seal(batch, key)]), updates) };
}

async function settle(appended: ReturnType<EventLog['append']>, updates: FoldedUpdates): Promise<Published> {
  const [position] = await appended;
  if (position === undefined) throw new CorridorError('INTERNAL', 'the log gave no position');
  const record = await updates.settled(position.partition, position.offset);
  if (record.kind === 'gone') throw new CorridorError('KEY_DESTROYED', 'the data key of this series was destroyed meanwhile');
  return { ...position, updates: record.updates };
}

/** Everything that is checked before a batch is taken, for publishing and for previews alike. */
export async function accept(command: PublishCommand, { policy, geography, clock }: Pick<PublishDependencies, 'policy' | 'geography' | 'clock'>): Promise<UpdateBatch> {
  const { actor, owner, category, handling, updates, seen } = command;
  if (actor.agency !== owner) throw new CorridorError('PERMISSION_DENIED', 'an actor publishes for its own agency only');
  if (updates.length === 0 || updates.length > MAX_UPDATES) {
    throw new CorridorError('INVALID_ARGUMENT', `updates must be 1-${MAX_UPDATES}`, { field: 'updates' });
  }
  checkHandling(handling, category, { breakdownByNationality: countsNationalities(updates) }, owner);
  const newest = clock.now() + CLOCK_SKEW;
  updates.forEach((update, i) => {
    checkUpdate(update, category, `updates[${i}]`);
    if (uuidTime(update.id) > newest) {
      throw new CorridorError('INVALID_ID', `updates[${i}].update_id starts with a time in the future`, { field: `updates[${i}].update_id` });
    }
    for (const place of placesOf(update)) {
      if (!geography.has(place)) throw new CorridorError('UNKNOWN_PLACE', `updates[${i}] names a place that the gazetteer does not have`, { field: `updates[${i}].place` });
    }
  });
  if (isNewerRevision(seen, policy.revision)) await policy.reached(seen);
  const { revision } = await refusedByLatest(policy.confirmed() ? policy : await policy.current(), policy, (at) => {
    checkReferences(command, at.state);
    return { revision: at.revision };
  });
  const { series, threshold } = command;
  return { owner, series, category, handling, revision, publisher: actor, threshold, updates };
}

/** Refuses what names nobody: a RED update to an actor, or a GREEN one to a group, that is not there. */
function checkReferences({ handling, owner }: PublishCommand, state: PolicyState): void {
  checkAttestation(handling, owner, state);
  for (const { agency, actor } of handling.namedActors) {
    const facts = state.actors.get(`${agency}/${actor}`);
    if (facts === undefined || facts.retired) {
      throw new CorridorError('HANDLING_CONTRADICTORY', 'named_actors names somebody who is not there', { field: 'handling.named_actors' });
    }
  }
  for (const group of handling.communityGroups) {
    const facts = state.groups.get(group);
    if (facts === undefined || !facts.members.includes(owner)) {
      throw new CorridorError('HANDLING_CONTRADICTORY', 'community_groups names a group that the owner is not in', { field: 'handling.community_groups' });
    }
  }
}
