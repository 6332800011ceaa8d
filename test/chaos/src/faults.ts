import type { Under } from './run.ts';
import type { ClusterSite } from './site.ts';
import { warnWhile } from './warning.ts';

/** Something that happens to a cluster under load. */
export interface Fault {
  /** What happens, as the name of its run. */
  readonly name: string;
  /** Whether it is part of the short form. */
  readonly short?: boolean;
  /** Whether publishing certainly stands still meanwhile, so that callers are refused. */
  readonly outage?: boolean;
  /** Inflicts it; resolves when what was ended serves again. */
  readonly inflict: (site: ClusterSite, under: Under) => Promise<void>;
}

/** How long engines stay away, ms. */
const BROKER_AWAY_MS = 30_000;
const DATABASE_AWAY_MS = 20_000;
/** So much is published while a subscriber does not read. */
const UNREAD = 400;

const killed = (process: string, of: Partial<Fault> = {}): Fault => ({
  name: `${process} killed`,
  inflict: (site) => site.end(process, 'SIGKILL'),
  ...of,
});

/** Every fault, each for a run of its own. */
export const FAULTS: readonly Fault[] = [
  killed('hub-1', { short: true }),
  {
    name: 'broker killed',
    short: true,
    outage: true,
    inflict: async ({ kafka }) => {
      await kafka.kill();
      await kafka.start();
    },
  },
  {
    name: 'MongoDB killed',
    short: true,
    inflict: async ({ mongodb }) => {
      await mongodb.kill();
      await mongodb.start();
    },
  },
  {
    name: 'hubs restarted in turn',
    short: true,
    inflict: async (site, { acknowledged }) => {
      for (const hub of ['hub-1', 'hub-2']) {
        await site.end(hub, 'SIGTERM');
        await acknowledged(1);
      }
    },
  },
  killed('registry-1'),
  {
    name: 'alerts-1 killed while it warns',
    inflict: (site, { parties }) => warnWhile(parties, () => site.end('alerts-1', 'SIGKILL')),
  },
  ...['followup-1', 'audit-1', 'gateway-1', 'hub-2'].map((process) => killed(process)),
  {
    name: 'broker stopped for 30 s',
    outage: true,
    inflict: async ({ kafka, clock }) => {
      await kafka.stop();
      await clock.wait(BROKER_AWAY_MS);
      await kafka.start();
    },
  },
  {
    name: 'MongoDB stopped for 20 s',
    inflict: async ({ mongodb, clock }) => {
      await mongodb.stop();
      await clock.wait(DATABASE_AWAY_MS);
      await mongodb.start();
    },
  },
  {
    name: 'restored from a copy',
    outage: true,
    // As docs/operations.md says: services, then engines are stopped; what starts again stands on copies of both.
    inflict: async (site) => {
      const engines = [site.kafka, site.mongodb];
      await site.restart(async () => {
        for (const engine of engines) await engine.stop();
        for (const { restore } of engines) await (restore ?? refuse)();
        for (const engine of engines) await engine.start();
      });
    },
  },
  {
    name: 'a subscriber stops reading',
    inflict: async (_site, { paused, acknowledged }) => {
      paused.pause();
      await acknowledged(UNREAD);
      paused.resume();
    },
  },
];

const refuse = (): Promise<never> => Promise.reject(new Error('these engines cannot be restored by a command'));
