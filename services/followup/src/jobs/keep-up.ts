import type { Documents, Leases } from '@corridor/documents';
import { CorridorError, isPassing, Recurring } from '@corridor/kernel';
import { lostRace } from '@corridor/outbox';
import type { Report } from '@corridor/runtime';
import { finishBatches } from '../application/batches.ts';
import type { Followup, Stored } from '../application/followup.ts';
import { timeKey } from '../application/stored.ts';

/** How often it looks, ms; and for how long a replica holds the part that one at a time does. */
const EVERY = 60_000;
const LEASE = 180_000;
const JOB = 'erasure';
const AT_A_TIME = 100;

/**
 * Finishes batches that were left over, at the start and then every minute: finishing one twice changes nothing, so every
 * replica does. Erases what is past its retention, one replica at a time.
 */
export const keepUp = (followup: Followup, leases: Leases, report: Report): Recurring =>
  new Recurring({
    clock: followup.clock,
    everyMs: EVERY,
    act: async (signal) => {
      await finishBatches(followup, signal);
      if (await leases.hold(JOB, LEASE)) await eraseAll(followup, signal);
    },
    failed: (error) => report(isPassing(error) ? 'warn' : 'error', 'followup.keep-up-failed', { reason: CorridorError.from(error).reason }),
  });

async function eraseAll({ meetings, recommendations, plans, contributions, clock }: Followup, signal: AbortSignal): Promise<void> {
  const now = clock.now();
  await erase(meetings, now, signal);
  await erase(recommendations, now, signal);
  await erase(plans, now, signal);
  await erase(contributions, now, signal);
}

/** What is past its retention leaves only that its id is taken; what the log holds of it goes with its data key. */
async function erase<S, E>(documents: Documents<Stored<S, E>>, now: number, signal: AbortSignal): Promise<void> {
  for (let more = true; more && !signal.aborted; ) {
    const page = await documents.page('until', { from: '', to: timeKey(now + 1) }, undefined, AT_A_TIME);
    for (const { id, version } of page.items) {
      // Who changes it meanwhile has it looked at again.
      await documents.commit(id, version, { erased: true }).catch((error: unknown) => {
        if (!lostRace(error)) throw error;
      });
    }
    more = page.next !== undefined;
  }
}
