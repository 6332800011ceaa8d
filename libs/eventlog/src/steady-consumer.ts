import { type Clock, CorridorError, isPassing } from '@corridor/kernel';
import type { ConsumeOptions, Consumer, EventLog, OnBatch } from './event-log.ts';

/** How long to wait before it is tried again, ms: at first, and at most after one failure behind the other. */
const RETRY = 250;
const LONGEST_RETRY = 5000;

export interface SteadyOptions extends ConsumeOptions {
  readonly clock: Clock;
  /** Told why it has to wait, once for each time that it is tried. */
  readonly onWait: (error: CorridorError) => void;
}

/**
 * A consumer that bears what passes: when the log, or what its handler writes to, is out of reach or full, it begins again
 * from the kept position, after a while that grows. Its `done` rejects only with what does not pass. Whoever consumes as
 * a group does it so: an outage must end no process.
 */
export function consumeSteadily(log: Pick<EventLog, 'consume'>, topic: string, group: string, onBatch: OnBatch, { clock, onWait, ...options }: SteadyOptions): Consumer {
  const stopping = new AbortController();
  const { signal } = stopping;
  let consumer: Consumer | undefined;
  let failures = 0;

  const handle: OnBatch = async (records) => {
    await onBatch(records);
    failures = 0;
  };
  /** Resolves when it was stopped; with the error when it has to begin again. */
  const once = async (): Promise<CorridorError | undefined> => {
    try {
      consumer = log.consume(topic, group, handle, options);
      await consumer.done;
      return undefined;
    } catch (error) {
      if (!isPassing(error)) throw error;
      return CorridorError.from(error);
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const error = await once();
      if (error === undefined || signal.aborted) return;
      // Its place in the group must be free before the next one takes it.
      await consumer?.stop();
      onWait(error);
      await clock.wait(Math.min(RETRY * 2 ** failures, LONGEST_RETRY), signal).catch(() => undefined);
      failures += 1;
    }
  };
  const done = run();
  return {
    done,
    stop: async () => {
      stopping.abort();
      await consumer?.stop();
      // What it ended with is told by `done`.
      await done.catch(() => undefined);
    },
  };
}
