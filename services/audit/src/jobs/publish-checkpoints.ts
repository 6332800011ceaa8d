import type { EventLog } from '@corridor/eventlog';
import { type Clock, CorridorError } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';
import { Bell } from '../application/bell.ts';
import { endOf } from '../domain/batch.ts';
import type { Checkpoints } from '../projections/checkpoints.ts';
import { auditedTopics } from '../projections/intake.ts';
import type { Sequencer } from '../projections/sequencer.ts';

export interface PublicationPorts {
  readonly log: EventLog;
  readonly sequencer: Sequencer;
  readonly checkpoints: Checkpoints;
  readonly clock: Clock;
  readonly report: Report;
}

/** What stood in the log at a time. */
interface LogEnds {
  readonly time: number;
  readonly topics: readonly { readonly topic: string; readonly ends: readonly number[] }[];
}

/** Records must have a leaf this many milliseconds after they were written; 50 times what it takes under load. */
const BEHIND_MS = 5000;

/** Timers of replicas drift: one that wakes this little before its time, as a part of the interval, is not too early. */
const EARLY = 0.1;

/**
 * Publishes a checkpoint at fixed times when the tree has grown, never in answer to a record: the times then tell
 * partners nothing. Any number of replicas may run; together they publish about once an interval.
 */
export class Publication {
  readonly #ports: PublicationPorts;
  readonly #interval: number;
  readonly #done = new Bell();
  #before: LogEnds | undefined;
  #behind: string | undefined;
  #failure: CorridorError | undefined;

  /** @param interval milliseconds between two publications */
  constructor(ports: PublicationPorts, interval: number) {
    this.#ports = ports;
    this.#interval = interval;
  }

  /** Why partners do not get what they should; undefined while they do. */
  unwell(): string | undefined {
    return this.#failure === undefined ? this.#behind : `checkpoints cannot be published: ${this.#failure.reason}`;
  }

  /** Resolves after the next publication, whether or not there was anything to publish; at the latest when `signal` aborts. */
  next(signal: AbortSignal): Promise<void> {
    return this.#done.next(signal);
  }

  /** Publishes now when it is due. */
  async publish(): Promise<void> {
    const { sequencer, checkpoints, clock } = this.#ports;
    const last = await checkpoints.newestPublished();
    const tree = sequencer.signedTree();
    const now = clock.now();
    if (last !== undefined) {
      if (last.size >= tree.head.size || now - last.time < this.#interval * (1 - EARLY)) return;
      await checkpoints.requireExtends(last, tree);
    }
    await checkpoints.publish(tree.head, now);
  }

  /** Publishes once an interval until `signal` aborts. @throws CorridorError with code DATA_LOSS; what may pass is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, report } = this.#ports;
    for (;;) {
      await clock.wait(this.#interval, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.publish();
        await this.#measure();
        this.#failure = undefined;
      } catch (error) {
        const known = CorridorError.from(error);
        if (known.code === 'DATA_LOSS') throw known;
        report('warn', 'audit.publication-failed', { reason: known.reason });
        this.#failure = known;
      }
      this.#done.ring();
    }
  }

  /** Sequencing is behind when what stood in the log some time ago has no leaf yet. */
  async #measure(): Promise<void> {
    const { log, sequencer, clock } = this.#ports;
    const before = this.#before;
    const time = clock.now();
    if (before !== undefined && time - before.time < BEHIND_MS) return;
    let missing = 0;
    for (const { topic, ends } of before?.topics ?? []) {
      for (const [partition, end] of ends.entries()) missing += Math.max(0, end - endOf(sequencer.ends, topic, partition));
    }
    this.#behind = missing === 0 ? undefined : `${missing} records have no leaf yet, more than ${BEHIND_MS} ms after they were written`;
    this.#before = { time, topics: await Promise.all(auditedTopics(log).map(async ({ name }) => ({ topic: name, ends: await log.end(name) }))) };
  }
}
