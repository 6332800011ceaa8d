import { CorridorError, systemClock } from '@corridor/kernel';

/** How long to wait before a node that is away is asked again, ms. */
const RETRY_MS = 50;

/** Tries again while the node is away or cannot say; what was refused for good is thrown, and the signal's reason. */
export async function persistently<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const { code } = CorridorError.from(error);
      if (code !== 'UNAVAILABLE' && code !== 'DEADLINE_EXCEEDED') throw error;
      await systemClock.wait(RETRY_MS, signal);
    }
  }
}
