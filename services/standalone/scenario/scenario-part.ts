import type { NodeAddress } from '@corridor/client';
import { type Clock, CorridorError } from '@corridor/kernel';
import { type Part, type Report, traceOf } from '@corridor/runtime';
import { CAST } from './cast.ts';
import { play } from './play.ts';
import { note } from './progress.ts';
import { secretsIn } from './secrets.ts';
import { summaryOf } from './summary.ts';

export interface ScenarioOptions {
  /** The data folder, absolute. */
  readonly folder: string;
  readonly bootstrapSecret: string;
  /** The running node; asked for when the play begins. */
  readonly node: () => NodeAddress;
  readonly clock: Clock;
  readonly report: Report;
  /** Takes a line for people. */
  readonly say: (line: string) => void;
}

/** The demonstration as the last part of a node: it plays in the background once everything runs. */
export function scenarioPart({ folder, bootstrapSecret, node, clock, report, say }: ScenarioOptions): Part {
  const stopping = new AbortController();
  let playing: Promise<void> = Promise.resolve();

  const toTheEnd = async (): Promise<void> => {
    const began = clock.now();
    try {
      const outcome = await play({ node: node(), bootstrapSecret, secrets: secretsIn(folder, CAST), clock, signal: stopping.signal });
      note(folder, 'played');
      for (const line of summaryOf(outcome)) say(line);
      report('info', 'scenario.played', { updates: outcome.published, ms: clock.now() - began });
    } catch (error) {
      if (stopping.signal.aborted) return;
      const { reason, message, todo } = CorridorError.from(error);
      report('error', 'scenario.failed', { reason, message: `${message}. ${todo}`, trace: traceOf(error) });
    }
  };

  return {
    name: 'scenario',
    start: () => {
      playing = toTheEnd();
      return Promise.resolve();
    },
    stop: async () => {
      stopping.abort(new CorridorError('UNAVAILABLE', 'the node is stopping'));
      await playing;
    },
  };
}
