import type { Leases } from '@corridor/documents';
import { CorridorError, Recurring, type Clock } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';

/** How often observations past their retention are looked for, and for how long a replica holds the job, ms. */
const EVERY = 600_000;
const LEASE = 300_000;

/** Forgets observations that may be kept no longer, at the start and then every ten minutes; one replica at a time. */
export const forgetting = (leases: Leases, clock: Clock, report: Report, forget: () => Promise<number>): Recurring =>
  new Recurring({
    clock,
    everyMs: EVERY,
    act: async () => {
      if (!(await leases.hold('forgetting', LEASE))) return;
      const reports = await forget();
      if (reports > 0) report('info', 'alerts.observations-forgotten', { reports });
    },
    failed: (error) => report('error', 'alerts.forgetting-failed', { reason: CorridorError.from(error).reason }),
  });
