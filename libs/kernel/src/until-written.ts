import type { Clock } from './clock.ts';
import { CorridorError } from './error.ts';

/** How long to wait before a write is tried again, ms. */
const RETRY = 500;

/**
 * Runs a fold's writes, or what it has to look up for them, until they are done: a full disk or a store out of reach delays a projection and never ends it.
 * @throws what will not pass; the signal's reason when it aborts first.
 */
export async function untilWritten<T>(write: () => Promise<T>, clock: Clock, signal: AbortSignal, onWait: (error: CorridorError) => void = () => {}): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isPassing(error)) throw error;
      onWait(CorridorError.from(error));
    }
    await clock.wait(RETRY, signal);
  }
}

/** Whether the same may be done later without anybody's doing but the operator's, who makes room or brings back what is away. */
export function isPassing(error: unknown): boolean {
  const { reason, retryAfterMs } = CorridorError.from(error);
  return retryAfterMs !== undefined || reason === 'STORAGE_FULL';
}
