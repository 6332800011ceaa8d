import type { Corridor } from '@corridor/client';
import { OWNER } from './community.ts';
import { message } from './updates.ts';

/** Over how many series the messages are spread. */
const SERIES = 64;

/** Publishes `messages` of `updates` each with `inFlight` unacknowledged; seconds until the last one is acknowledged. */
export async function publishAll(owner: Corridor, messages: number, updates: number, inFlight: number): Promise<number> {
  const publisher = owner.publisher({ maxInFlight: inFlight });
  const start = performance.now();
  let failure: Error | undefined;
  for (let i = 0; i < messages && failure === undefined; i += 1) {
    await publisher.ready();
    publisher.publish(message(OWNER, i % SERIES, updates)).catch((error: unknown) => (failure = error instanceof Error ? error : new Error(String(error))));
  }
  await publisher.flush();
  const seconds = (performance.now() - start) / 1000;
  await publisher.close();
  if (failure !== undefined) throw failure;
  return seconds;
}
