import type { EventLog, NewRecord } from '@corridor/eventlog';
import { CorridorError, type Clock } from '@corridor/kernel';
import { retentionMonth, type ActorRef } from '@corridor/policy';
import { confirmationPassed, TOPICS, type DataKeys, type SeriesRef } from '@corridor/runtime';
import { count } from '@corridor/telemetry';

/** How many keys are destroyed at a time. */
const CHUNK = 100;

export interface DestroyDependencies {
  readonly keys: DataKeys;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly keyEvent: (keyId: string, cause: 'retention' | 'erasure', actor: ActorRef | undefined, clock: Clock) => NewRecord;
}

/**
 * An owner erases a series, or the part of it whose retention ends in one month. When it answers, everything under the
 * keys is unreadable everywhere; the envelopes and every proof of them stay.
 * @returns how many keys were destroyed
 */
export async function eraseSeries(actor: ActorRef, { owner, series }: SeriesRef, month: string, deps: DestroyDependencies): Promise<number> {
  if (owner !== actor.agency) throw new CorridorError('PERMISSION_DENIED', 'an actor erases for its own agency only');
  let destroyed = 0;
  const months = new Set<string>();
  for (;;) {
    const found = await deps.keys.list({ prefix: `${owner}/${series}/${month}` }, CHUNK);
    // A month comes back when its owner goes on publishing meanwhile: that was not asked for.
    const asked = found.filter((id) => !months.has(monthOf(id)));
    if (asked.length === 0) break;
    for (const id of asked) await destroy(id, 'erasure', actor, deps);
    for (const id of asked) months.add(monthOf(id));
    destroyed += asked.length;
  }
  if (destroyed > 0) await confirmationPassed(deps.clock);
  return destroyed;
}

/** The month of a key, without the generation behind it. */
const monthOf = (id: string): string => id.split('~')[0] ?? id;

/** Destroys the keys of every month of end of retention that is over. */
export async function destroyExpired(deps: DestroyDependencies): Promise<number> {
  const beforeMonth = retentionMonth(deps.clock.now(), 0);
  for (let destroyed = 0; ; ) {
    const found = await deps.keys.list({ beforeMonth }, CHUNK);
    if (found.length === 0) return destroyed;
    for (const id of found) await destroy(id, 'retention', undefined, deps);
    destroyed += found.length;
  }
}

/** On record first: a restore of the keys reapplies it, and every replica learns of it. */
async function destroy(id: string, cause: 'retention' | 'erasure', actor: ActorRef | undefined, deps: DestroyDependencies): Promise<void> {
  await deps.log.append(TOPICS.consents.name, [deps.keyEvent(id, cause, actor, deps.clock)]);
  await deps.keys.destroy(id);
  count('corridor.keys.destroyed', 1, { 'corridor.cause': cause });
}
