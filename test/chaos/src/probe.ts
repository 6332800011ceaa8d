import { Metadata } from '@grpc/grpc-js';
import { CorridorError, itemFailure, type Corridor } from '@corridor/client';
import { type Clock, newUuid } from '@corridor/kernel';
import { decodeStatus, STATUS_TRAILER } from '@corridor/runtime/status';
import type { Ledger } from './ledger.ts';
import { countsOf, message, report } from './reports.ts';

/** How long a single call may take, ms. */
const PATIENCE_MS = 3000;
/** How much later than its deadline a call may be told on a machine that is busy, ms. */
const LATE_MS = 2000;
/** Between two calls, ms. */
const EVERY_MS = 250;

export interface ProbeOptions {
  readonly corridor: Corridor;
  readonly series: string;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/**
 * A caller who publishes by single calls with a short deadline, and asks again with the same id after a refusal: it shows
 * how the node refuses while it cannot publish.
 */
export class Probe {
  /** Answers of the node that it cannot now. */
  unavailable = 0;
  /** Calls that no node answered: the way to it was down. */
  unanswered = 0;
  /** Calls that waited up to their deadline. */
  waited = 0;
  /** The longest that a refusal took, ms. */
  slowestRefusal = 0;
  /** What should not have happened. */
  readonly faults: string[] = [];
  readonly #options: ProbeOptions;

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  /** How many calls were told that it cannot be done now. */
  get refusals(): number {
    return this.unavailable + this.unanswered + this.waited;
  }

  /** Calls until it is told to stop and what it has begun is done. */
  async run(stop: AbortSignal): Promise<void> {
    for (let n = 1; !stop.aborted; n += 1) {
      await this.#publish(n);
      await this.#options.clock.wait(EVERY_MS, stop).catch(() => undefined);
    }
  }

  async #publish(n: number): Promise<void> {
    const { corridor, series, ledger, clock } = this.#options;
    const updateId = newUuid(clock.now());
    const key = ledger.sending(series, updateId, 1, countsOf(n, 1), clock.now());
    for (;;) {
      const began = clock.now();
      try {
        const { receipts } = await corridor.hub.publish(message(series, [report(n, updateId, 1)]), { deadlineMs: PATIENCE_MS });
        const [receipt] = receipts;
        if (receipt?.error !== undefined) throw itemFailure(receipt.error);
        ledger.acknowledged(key, receipt?.position, clock.now());
        return;
      } catch (error) {
        const refusal = CorridorError.from(error);
        if (!this.#passes(refusal, clock.now() - began)) return;
        await clock.wait(refusal.retryAfterMs ?? EVERY_MS);
      }
    }
  }

  /** Counts a refusal; whether to ask again. */
  #passes(error: CorridorError, ms: number): boolean {
    this.slowestRefusal = Math.max(this.slowestRefusal, ms);
    if (ms > PATIENCE_MS + LATE_MS) this.faults.push(`a call with a deadline of ${PATIENCE_MS} ms was answered after ${ms} ms`);
    const status = statusIn(error.cause);
    if (error.code === 'DEADLINE_EXCEEDED') this.waited += 1;
    else if (status === undefined) this.unanswered += 1;
    else if (error.code === 'UNAVAILABLE') {
      this.unavailable += 1;
      if (status.retryAfterMs === undefined) this.faults.push('UNAVAILABLE came without a hint when to try again');
    } else {
      this.faults.push(`publishing was refused: ${error.reason}: ${error.message}`);
      return false;
    }
    return true;
  }
}

/** The google.rpc.Status in the trailers of a failed call; undefined when no node wrote one. */
function statusIn(cause: unknown): ReturnType<typeof decodeStatus> {
  if (!(cause instanceof Error) || !('metadata' in cause) || !(cause.metadata instanceof Metadata)) return undefined;
  const [trailer] = cause.metadata.get(STATUS_TRAILER);
  return trailer === undefined || typeof trailer === 'string' ? undefined : decodeStatus(trailer);
}
