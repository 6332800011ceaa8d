import { CorridorError, type Reason } from '@corridor/kernel';

/** Does a step of a play unless it was done before, which the node tells by one of these reasons. */
export async function unlessThere<T>(step: () => Promise<T>, ...done: readonly Reason[]): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof CorridorError && done.includes(error.reason)) return undefined;
    throw error;
  }
}
