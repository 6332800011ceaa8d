import type { Clock } from '@corridor/kernel';
import { assertSecure, bootstrapSecretIn, type Config, type Report, run, type Surroundings } from '@corridor/runtime';
import { openEmbedded } from '@corridor/runtime/embedded';
import { note, progressIn } from '../scenario/progress.ts';
import { scenarioPart } from '../scenario/scenario-part.ts';
import { greetingPart } from './greeting.ts';
import { build } from './service.ts';

export interface ServeOptions {
  /** Without the demonstration. */
  readonly empty: boolean;
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly report: Report;
  /** Takes a line for people. */
  readonly say: (line: string) => void;
}

/**
 * Runs a node until it is asked to stop; in a new data folder the demonstration plays.
 * @returns the exit code
 * @throws CorridorError when the data folder or the settings cannot be used
 */
export async function serve(config: Config, { empty, surroundings, clock, report, say }: ServeOptions): Promise<number> {
  const { dataFolder: folder } = config;
  for (const listener of [config.grpc, config.http]) assertSecure(listener);
  const scenario = progressIn(folder, empty);
  if (scenario === 'to play') note(folder, 'playing');
  const embedded = await openEmbedded({ config, clock, report });
  try {
    const bootstrapSecret = config.bootstrapSecret ?? bootstrapSecretIn(folder);
    const node = await build({ ...config, bootstrapSecret }, embedded);
    const address = () => ({ address: node.grpcAddress(), tls: config.grpc.tls === undefined ? false : { pinned: config.grpc.tls.certificate } });
    const play = scenarioPart({ folder, bootstrapSecret, node: address, clock, report, say });
    const parts = [...node.parts, greetingPart({ folder, scenario, node, say }), ...(scenario === 'to play' ? [play] : [])];
    return await run(parts, surroundings, report);
  } finally {
    await embedded.close();
  }
}
