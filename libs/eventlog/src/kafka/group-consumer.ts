import { CorridorError } from '@corridor/kernel';
import type { Consumer, OnBatch, OnGap, StoredRecord } from '../event-log.ts';
import type { Observe } from './connection.ts';
import { faultName, isPassingFault, refusalOf } from './faults.ts';
import { follow } from './feed.ts';
import { type Assigned, type GroupMember, hasToJoinAgain } from './group-member.ts';
import type { Leaderless } from './leaderless.ts';
import type { OpenTopic } from './open-topic.ts';
import type { Patience } from './patience.ts';
import type { Wire } from './wire.ts';

/** Positions are kept this often, and when the consumer stops or its partitions go to another replica, ms. */
const KEEP_EVERY_MS = 1000;

/** How long a consumer that ends waits for the cluster, ms; then its positions stay where they were last kept. */
const END_WITHIN_MS = 3000;

export interface GroupConsumerOptions {
  readonly topic: OpenTopic;
  readonly group: string;
  readonly wire: Wire;
  readonly member: GroupMember;
  readonly patience: Patience;
  readonly leaderless: Leaderless;
  readonly observe: Observe;
  readonly maxBatch: number;
  readonly onGap: OnGap | undefined;
  /** The consumer has ended, however. */
  ended(): void;
}

/**
 * Hands the records of those partitions of a topic to a handler that its group gave to this replica, and keeps the group's
 * positions behind it. When the group shares out its partitions anew, the batch in hand is finished and its position
 * kept before they are given up: nothing is lost, and nothing is delivered twice unless a handler takes longer than a
 * rebalance waits (60 s) or a replica is killed; then what it handled since positions were last kept (1 s).
 */
export class GroupConsumer implements Consumer {
  readonly done: Promise<void>;
  readonly #options: GroupConsumerOptions;
  readonly #onBatch: OnBatch;
  readonly #stop = new AbortController();
  /** Runs since the batch in hand was finished. */
  #ending: NodeJS.Timeout | undefined;

  constructor(options: GroupConsumerOptions, onBatch: OnBatch) {
    this.#options = options;
    this.#onBatch = onBatch;
    // Later, so that whoever starts it has noted it down before it can end.
    this.done = Promise.resolve().then(() => this.#run());
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.done.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { topic, member, ended } = this.#options;
    const ending = AbortSignal.any([this.#stop.signal, topic.withdrawn]);
    try {
      while (!ending.aborted) await this.#serve(ending);
    } finally {
      this.#endInTime();
      // A coordinator out of reach notices by itself that the member is gone.
      await member.leave().catch(() => undefined);
      clearTimeout(this.#ending);
      ended();
    }
    if (topic.withdrawn.aborted && !this.#stop.signal.aborted) throw refusalOf(topic.withdrawn.reason);
  }

  /** From one rebalance to the next. */
  async #serve(ending: AbortSignal): Promise<void> {
    const { topic, group, observe } = this.#options;
    const joined = await this.#join(ending);
    if (joined === undefined) return;
    const { assigned, next } = joined;
    observe({ kind: 'rebalanced', topic: topic.spec.name, group, partitions: assigned.partitions });
    const leaving = new AbortController();
    const resting = new AbortController();
    const life = this.#options.member.live(assigned, resting.signal).then((end) => {
      leaving.abort();
      return end;
    });
    const positions = new Positions(this.#options, assigned);
    try {
      await this.#handle(next, positions, AbortSignal.any([ending, leaving.signal]));
    } finally {
      if (ending.aborted) this.#endInTime();
      if (!topic.withdrawn.aborted) await positions.settle();
      resting.abort();
      await life;
    }
  }

  /** Whatever is asked of a cluster that says nothing fails from then on. */
  #endInTime(): void {
    this.#ending ??= setTimeout(() => void this.#options.wire.close(), END_WITHIN_MS);
  }

  /** Becomes a member and learns where to go on. Undefined when the consumer ends before. */
  async #join(ending: AbortSignal): Promise<{ readonly assigned: Assigned; readonly next: Map<number, number> } | undefined> {
    const { member, patience, wire } = this.#options;
    const joining = patience.persist(async () => {
      const assigned = await member.join();
      return { assigned, next: assigned.partitions.length === 0 ? new Map<number, number>() : await member.positions(assigned.partitions) };
    }, ending, hasToJoinAgain);
    try {
      return await unlessAborted(joining, ending);
    } catch (error) {
      if (ending.aborted) {
        // The others may take long: they are not waited for, and must not wait for us.
        await wire.interrupt();
        return undefined;
      }
      if (faultName(error) === 'FENCED_INSTANCE_ID') throw new CorridorError('CONFIG_INVALID', 'another replica of this name is in the group', {}, { cause: error });
      throw error;
    }
  }

  async #handle(next: Map<number, number>, positions: Positions, signal: AbortSignal): Promise<void> {
    const { wire, topic, maxBatch, onGap, patience, leaderless } = this.#options;
    if (next.size === 0) return untilAborted(signal);
    for await (const records of follow({ wire, topic: topic.spec.name, next, maxBatch, signal, onGap, patience, leaderless })) {
      if (signal.aborted) return;
      await this.#onBatch(records);
      positions.handled(records);
    }
  }
}

/** What was handled since the group shared out its partitions, and how much of it is kept. */
class Positions {
  readonly #options: GroupConsumerOptions;
  readonly #assigned: Assigned;
  #moved = new Map<number, number>();
  #keeping: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last = -Infinity;

  constructor(options: GroupConsumerOptions, assigned: Assigned) {
    this.#options = options;
    this.#assigned = assigned;
  }

  handled(records: readonly StoredRecord[]): void {
    const last = records.at(-1);
    if (last === undefined) return;
    this.#moved.set(last.partition, last.offset + 1);
    this.#timer ??= setTimeout(() => {
      this.#keeping = this.#keep();
    }, Math.max(0, this.#last + KEEP_EVERY_MS - performance.now()));
  }

  /** Keeps what is handled. */
  async settle(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#keeping;
    clearTimeout(this.#timer);
    if (this.#moved.size === 0) return;
    const { patience, observe, topic, group } = this.#options;
    await patience.call(() => this.#commit()).catch((error: unknown) => observe({ kind: 'positions-not-kept', topic: topic.spec.name, group, fault: faultName(error) }));
  }

  async #keep(): Promise<void> {
    try {
      await this.#commit();
    } catch (error) {
      this.#missed(error);
    }
    this.#last = performance.now();
    this.#timer = undefined;
    if (this.#moved.size > 0) {
      this.#timer = setTimeout(() => {
        this.#keeping = this.#keep();
      }, KEEP_EVERY_MS);
    }
  }

  async #commit(): Promise<void> {
    const { member, topic } = this.#options;
    const moved = this.#moved;
    if (moved.size === 0 || topic.withdrawn.aborted) return;
    this.#moved = new Map();
    try {
      await member.commit(this.#assigned, moved);
    } catch (error) {
      this.#moved = new Map([...moved, ...this.#moved]);
      throw error;
    }
  }

  /** What passes is tried again; what somebody else now reads is delivered again. */
  #missed(error: unknown): void {
    const { observe, topic, group } = this.#options;
    if (isPassingFault(error) && !hasToJoinAgain(error)) return;
    this.#moved.clear();
    observe({ kind: 'positions-not-kept', topic: topic.spec.name, group, fault: faultName(error) });
  }
}

/** Resolves when the signal aborts. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What is waited for, or a rejection as soon as the signal aborts. */
function unlessAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    waited.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  });
}
