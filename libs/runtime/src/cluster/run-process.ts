import { isPassing, systemClock } from '@corridor/kernel';
import { startTelemetry } from '@corridor/telemetry';
import { closeAll } from '../close-all.ts';
import { explained } from '../explained.ts';
import { endProcess, run, type Part } from '../lifecycle.ts';
import { reportTo } from '../report.ts';
import type { Ports, Service } from '../service.ts';
import { type ClusterConfig, clusterConfigFrom, type ServiceName } from './cluster-config.ts';
import { type Cluster, type ClusterOptions, openCluster } from './open-cluster.ts';

/** How long to wait before engines that did not answer are asked again, ms. */
const RETRY_MS = 1000;

/** Runs one service as a process of its own until it is asked to stop; the exit code tells how it ended. */
export const runService = (name: ServiceName, build: (ports: Ports, config: ClusterConfig) => Service | Promise<Service>): Promise<void> =>
  runProcess(name, async (cluster, config) => cluster.parts(await build(cluster.ports, config)));

/** As `runService`, for a process that says itself of which parts it is made. */
export async function runProcess(name: string, assemble: (cluster: Cluster, config: ClusterConfig) => Promise<readonly Part[]>): Promise<void> {
  const open: (() => Promise<void>)[] = [];
  const tell = (error: unknown): void => void process.stderr.write(`corridor ${name}: ${explained(error)}\n`);
  let code = 1;
  try {
    const report = reportTo(process.stderr, systemClock);
    const config = clusterConfigFrom(process.env);
    const telemetry = await startTelemetry({ service: `corridor-${name}`, instance: config.replica, report });
    open.push(() => telemetry.stop());
    for (const signal of SIGNALS) process.on(signal, leave);
    const cluster = await opened({ config, clock: systemClock, report });
    open.push(() => cluster.close());
    const parts = await assemble(cluster, config);
    for (const signal of SIGNALS) process.off(signal, leave);
    code = await run(parts, process, report);
  } catch (error) {
    tell(error);
  }
  await endProcess(process, code, () => closeAll(open), tell);
}

/**
 * Before its parts run nothing has to be ended in order, and it may wait for its engines for long. In a container it is the
 * first process, whom a signal that it does not take does not end.
 */
const leave = (): void => process.exit(0);
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Engines may start behind a process, and may be away when it is begun again: it waits for them. */
async function opened(options: ClusterOptions): Promise<Cluster> {
  const { clock, report } = options;
  for (let told = false; ; told = true) {
    try {
      return await openCluster(options);
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (!told) report('warn', 'engines.awaited', { message: explained(error) });
    }
    await clock.wait(RETRY_MS);
  }
}
