import type { Entitlements, RecordBook } from '@corridor/entitlement';
import { CorridorError, type Clock } from '@corridor/kernel';
import { retentionEnd, type ActorRef, type Decision, type PolicyRevision, type Purpose } from '@corridor/policy';
import type { PolicyView, UpdateRef } from '@corridor/runtime';
import { allowedViews } from '../domain/allowed-views.ts';
import { EVERYTHING } from '../domain/filter.ts';
import type { ClassGroup, ReadableRecord, VersionOfReport } from '../domain/folded-record.ts';
import type { HubGeography } from '../domain/geography.ts';
import { viewOf, type BatchView } from '../domain/view.ts';
import type { FoldedUpdates } from './folded-updates.ts';

/** What a reader is shown of the archive. */
export interface ArchivedView {
  readonly view: BatchView;
  /** Milliseconds since the epoch. */
  readonly publishTime: number;
  /** Milliseconds since the epoch. */
  readonly expireTime: number;
}

export interface ReadDependencies {
  readonly updates: FoldedUpdates;
  readonly policy: PolicyView;
  readonly entitlements: Entitlements;
  readonly book: RecordBook;
  readonly geography: HubGeography;
  readonly clock: Clock;
}

/** What a read comes to: a view, or why there is none (for the owner's log, never for the reader). */
type Answer = { readonly shown: ArchivedView } | { readonly reasons: readonly string[] };

/**
 * The current version of a report as the reader may see it. The read, or its refusal, is on record before the answer.
 * @throws NOT_FOUND when there is none for this reader: refused and unknown are the same, and the same work.
 */
export async function getUpdate(actor: ActorRef, purpose: Purpose, name: UpdateRef, deps: ReadDependencies): Promise<ArchivedView> {
  const { updates, policy, entitlements, book } = deps;
  const putOnRecord = (answer: Answer, revision: PolicyRevision): Promise<void> =>
    book.read({
      actor,
      purpose,
      revision,
      ...('shown' in answer ? { shown: [name] } : { shown: [], refused: { update: name, reasons: answer.reasons } }),
    });
  // What was acknowledged before the call is found.
  await updates.caughtUp();
  for (;;) {
    const found = await updates.current(name.owner, name.series, name.update);
    if (found === undefined || found === 'gone') {
      const { revision } = await policy.current();
      await putOnRecord({ reasons: [] }, revision);
      throw unknown();
    }
    const { record, index } = found;
    const groups = record.groups.filter((group) => group.indexes.includes(index));
    const entitlement = entitlements.of(actor, purpose, record.batch.handling);
    const decisions = await entitlement.decide(groups, (made, revision) => putOnRecord(answerTo(found, groups, made, deps), revision));
    const answer = answerTo(found, groups, decisions, deps);
    if (!('shown' in answer)) throw unknown();
    if (updates.isLegible(record) && entitlement.holds(groups, decisions)) return answer.shown;
  }
}

const unknown = (): CorridorError => new CorridorError('NOT_FOUND', 'there is no such update for you');

function answerTo(
  { record, index }: VersionOfReport,
  groups: readonly ClassGroup[],
  decisions: readonly Decision[],
  { geography, clock }: Pick<ReadDependencies, 'geography' | 'clock'>,
): Answer {
  const denied = decisions.flatMap((decision): readonly string[] => (decision.outcome === 'deny' ? decision.reasons : []));
  if (denied.length > 0) return { reasons: denied };
  const only = { ...record, groups: groups.map((group) => ({ ...group, indexes: [index], indexKey: String(index) })) };
  const [allowed] = allowedViews(only, decisions, EVERYTHING, geography, clock.now());
  if (allowed === undefined) return { reasons: ['RETENTION_PASSED'] };
  const view = viewOf(record, allowed.indexes, allowed.obligations, geography, 'current');
  const shown = view === undefined ? undefined : archivedView(record, view);
  if (shown === undefined) return { reasons: ['ORIGIN_FIREWALL'] };
  return shown.expireTime <= clock.now() ? { reasons: ['RETENTION_PASSED'] } : { shown };
}

/**
 * A view of one report with its times: those of the version that last changed what the reader sees, since a newer time
 * would tell of versions it does not see.
 */
export function archivedView(record: ReadableRecord, view: BatchView): ArchivedView {
  const publishTime = view.updates[0]?.changed.time ?? record.time;
  return { view, publishTime, expireTime: retentionEnd(publishTime, view.handling.retentionDays) };
}
