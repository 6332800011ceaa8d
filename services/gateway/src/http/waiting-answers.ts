import type { ServerResponse } from 'node:http';
import type { Clock } from '@corridor/kernel';
import type { PolicyView } from '@corridor/runtime';
import { ARRIVED_MS, LAPSED_MS, LEFT_MS } from '../node/looks.ts';

/** When is looked whether what waited at the look before has been taken, in milliseconds since then. */
const LOOKS_MS = [ARRIVED_MS, LEFT_MS, LAPSED_MS + LEFT_MS];

/** Answers that callers have not taken yet. */
export interface WaitingAnswers {
  /**
   * Watches what was answered until its caller has taken it. What does not go out in time after a change of the policy
   * state, or is not out when that is no longer confirmed, is dropped with its connection: the caller asks again.
   */
  watch(answered: ServerResponse): void;
  stop(): void;
}

export function waitingAnswers(policy: Pick<PolicyView, 'onChange' | 'onLapse'>, clock: Clock): WaitingAnswers {
  const waiting = new Set<ServerResponse>();
  const stopping = new AbortController();
  const drop = (answers: Iterable<ServerResponse>): void => {
    for (const each of answers) if (waiting.has(each)) each.destroy();
  };
  const look = async (): Promise<void> => {
    for (const within of LOOKS_MS) {
      const before = [...waiting];
      await clock.wait(within, stopping.signal);
      drop(before);
    }
  };
  const unsubscribe = [
    // It ends early when the gateway has stopped, and nothing waits any more.
    policy.onChange(() => void look().catch(() => undefined)),
    policy.onLapse(() => drop([...waiting])),
  ];
  return {
    watch(answered) {
      if (answered.writableFinished || answered.closed) return;
      waiting.add(answered);
      for (const event of ['finish', 'close']) answered.once(event, () => waiting.delete(answered));
    },
    stop() {
      for (const each of unsubscribe) each();
      stopping.abort();
    },
  };
}
