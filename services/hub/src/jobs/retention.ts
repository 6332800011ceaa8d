import type { Leases } from '@corridor/documents';
import { CorridorError, isPassing, Recurring } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';
import { destroyExpired, type DestroyDependencies } from '../application/destroy-keys.ts';

/** How often keys past their retention are looked for, ms. */
const EVERY = 3_600_000;
/** For how long a replica holds the job, ms. */
const LEASE = 600_000;

/** Destroys the data keys of every month that is over, at the start and then every hour; one replica at a time. */
export const retentionJob = (leases: Leases, deps: DestroyDependencies, report: Report): Recurring =>
  new Recurring({
    clock: deps.clock,
    everyMs: EVERY,
    act: async () => {
      if (await leases.hold('retention', LEASE)) await destroyExpired(deps);
    },
    failed: (error) => report(isPassing(error) ? 'warn' : 'error', 'hub.retention-failed', { reason: CorridorError.from(error).reason }),
  });
