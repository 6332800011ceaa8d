import { type Part, reportTo, run } from '@corridor/runtime';
import { type ClusterOptions, startCluster } from './cluster.ts';
import { show } from './show.ts';

export interface RunOptions extends Pick<ClusterOptions, 'replicas' | 'env' | 'clock'> {
  /** Where the secret of the founding act is, to be told. */
  readonly bootstrapSecretFile: string | undefined;
  /** Whether all that the processes report is shown. */
  readonly verbose: boolean;
  /** Takes a line for people. */
  readonly say: (line: string) => void;
}

/** Runs the cluster edition on this machine until this process is asked to end. @returns its exit code */
export async function runCluster({ replicas, env, clock, bootstrapSecretFile, verbose, say }: RunOptions): Promise<number> {
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => asked.abort());
  let stop = async (): Promise<void> => {};
  const start = async (): Promise<void> => {
    const running = await startCluster({ replicas, env, clock, onLine: show(process.stderr, verbose), signal: asked.signal });
    ({ stop } = running);
    say(`Corridor runs in ${running.replicas.size} processes: gRPC on ${running.grpc}, HTTP on ${running.http} (/readyz)`);
    if (bootstrapSecretFile !== undefined) say(`The secret of the founding act: ${bootstrapSecretFile}`);
    say('Ctrl-C stops it.');
  };
  let starting: Promise<void> = Promise.resolve();
  const part: Part = {
    name: 'cluster',
    start: () => {
      starting = start().catch((error: unknown) => {
        // Nothing runs any more, as was asked for.
        if (!asked.signal.aborted) throw error;
      });
      return starting;
    },
    stop: async () => {
      // It ends what it has begun, and fails for whoever started it.
      await starting.catch(() => undefined);
      await stop();
    },
  };
  return run([part], process, reportTo(process.stderr, clock));
}
