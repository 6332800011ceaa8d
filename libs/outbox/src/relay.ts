import type { Documents, Pending, PendingEvent, Versioned } from '@corridor/documents';
import type { EventLog } from '@corridor/eventlog';
import { type Clock, CorridorError, systemClock } from '@corridor/kernel';

export interface RelayOptions {
  readonly clock?: Clock;
  /** How long to sleep, in milliseconds, before looking for events that another process committed and left; 2,000 when absent. */
  readonly pollEvery?: number;
  /** Called with each failed attempt (log or store out of reach, full); the relay goes on trying. */
  readonly onFailure?: (error: CorridorError) => void;
  /** Called when an attempt succeeds after one that failed. */
  readonly onRecovery?: () => void;
}

/** A running relay of one collection. */
export interface Relay<T> {
  /** The collection, to be written through: its commits wake the relay. */
  readonly documents: Documents<T>;
  /** Resolves when every event committed before the call is in the log; rejects with UNAVAILABLE when the relay stops first. */
  drained(): Promise<void>;
  /** Finishes the round in hand. Idempotent. Events still pending are published by the next relay that runs. */
  stop(): Promise<void>;
}

/** How many events one round publishes at most, and how many bytes of envelopes one append holds about. */
const ROUND = 500;
const APPEND_BYTES = 4 << 20;
const DEFAULT_POLL = 2000;
/** How soon what failed is tried again, in milliseconds. */
const RETRY = 500;

/**
 * Publishes the pending events of a collection to the log, those of one document in commit order, and removes them once
 * the log holds them. Any number of relays may run on one collection, in any processes: an event may then stand in the
 * log more than once, but its first occurrence never before that of an earlier event of its document. Consumers ignore
 * repeats (see `applyInOrder`).
 */
export function relay<T>(documents: Documents<T>, log: EventLog, options: RelayOptions = {}): Relay<T> {
  const running = new RunningRelay(documents, log, options);
  return {
    documents: waking(documents, () => running.wake()),
    drained: () => running.drained(),
    stop: () => running.stop(),
  };
}

class RunningRelay<T> {
  readonly #documents: Documents<T>;
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #pollEvery: number;
  readonly #onFailure: (error: CorridorError) => void;
  readonly #onRecovery: () => void;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #failing = false;
  #sleep = new AbortController();
  #draining: PromiseWithResolvers<void>[] = [];

  constructor(documents: Documents<T>, log: EventLog, options: RelayOptions) {
    this.#documents = documents;
    this.#log = log;
    this.#clock = options.clock ?? systemClock;
    this.#pollEvery = options.pollEvery ?? DEFAULT_POLL;
    this.#onFailure = options.onFailure ?? (() => undefined);
    this.#onRecovery = options.onRecovery ?? (() => undefined);
    this.#ended = this.#run();
  }

  wake(): void {
    this.#sleep.abort();
  }

  drained(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.reject(stopped());
    const drained = Promise.withResolvers<void>();
    this.#draining.push(drained);
    this.wake();
    return drained.promise;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // What asks from here on may have committed after this round began.
      const asked = this.#draining;
      this.#draining = [];
      const done = await this.#publishAll();
      if (done) for (const { resolve } of asked) resolve();
      else this.#draining.unshift(...asked);
      await this.#rest(done ? this.#pollEvery : Math.min(RETRY, this.#pollEvery));
    }
    for (const { reject } of this.#draining) reject(stopped());
  }

  /** Publishes until nothing is pending. Returns false when an attempt failed or the relay stops. */
  async #publishAll(): Promise<boolean> {
    this.#sleep = new AbortController();
    try {
      while (!this.#stopping.signal.aborted) {
        const pending = await this.#documents.pending(ROUND);
        if (pending.length === 0) {
          this.#recovered();
          return true;
        }
        await this.#publish(pending);
      }
    } catch (error) {
      this.#sleep = new AbortController();
      this.#failing = true;
      this.#onFailure(CorridorError.from(error));
    }
    return false;
  }

  #recovered(): void {
    if (this.#failing) this.#onRecovery();
    this.#failing = false;
  }

  /** Appends topic by topic, in order; documents are confirmed when all of it is in. */
  async #publish(pending: readonly Pending[]): Promise<void> {
    const byTopic = new Map<string, PendingEvent[]>();
    for (const event of pending.flatMap(({ events }) => events)) {
      const events = byTopic.get(event.topic);
      if (events === undefined) byTopic.set(event.topic, [event]);
      else events.push(event);
    }
    for (const [topic, events] of byTopic) {
      for (const part of inParts(events)) await this.#log.append(topic, part);
    }
    await Promise.all(pending.map(({ id, first, events }) => this.#documents.published(id, first, events.length)));
  }

  async #rest(ms: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    await this.#clock.wait(ms, this.#sleep.signal).catch(() => undefined);
  }
}

/** The events in their order, in parts that the log takes at once. */
function* inParts(events: readonly PendingEvent[]): Generator<readonly PendingEvent[], void, undefined> {
  let part: PendingEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    part.push(event);
    bytes += event.envelope.length;
    if (bytes < APPEND_BYTES) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

/** The same documents; `wake` is called after each write that carried events. */
function waking<T>(documents: Documents<T>, wake: () => void): Documents<T> {
  const woken = async (write: Promise<Versioned<T>>, events: readonly PendingEvent[] | undefined): Promise<Versioned<T>> => {
    const written = await write;
    if (events !== undefined && events.length > 0) wake();
    return written;
  };
  return {
    get: (id) => documents.get(id),
    getAll: (ids) => documents.getAll(ids),
    create: (id, doc, events) => woken(documents.create(id, doc, events), events),
    commit: (id, expected, next, events) => woken(documents.commit(id, expected, next, events), events),
    putAll: (writes) => documents.putAll(writes),
    page: (index, range, after, limit, order) => documents.page(index, range, after, limit, order),
    present: (index, keys) => documents.present(index, keys),
    pending: (limit) => documents.pending(limit),
    published: (id, first, count) => documents.published(id, first, count),
  };
}

const stopped = (): CorridorError => new CorridorError('UNAVAILABLE', 'the relay has stopped');
