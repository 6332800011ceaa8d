import { CorridorError } from '@corridor/kernel';
import { EventQueue, type Entry, type EntryStream } from './event-queue.ts';
import type { Surroundings } from './surroundings.ts';
import { backoffMs } from './transport/backoff.ts';
import type { Calls, SignedIn } from './transport/calls.ts';
import { isPassing, type Failure } from './transport/status.ts';

/** What bounds a stream that survives reconnection. */
export interface StreamLimits {
  /** Ends the subscription: the iteration ends without an error. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a connection after which the subscription fails; default 300,000. */
  readonly patienceMs?: number;
  /** Bytes received and not yet taken, at most (and one message more); then the node has to wait. Default 4 MiB. */
  readonly maxBytesAhead?: number;
}

/** How one kind of stream is opened, and what its events mean. */
export interface StreamKind<Event, Item> {
  /** Opens a stream of `Entry<Event>` that goes on behind the last mark that was taken. */
  readonly open: () => Promise<SignedIn<EntryStream>>;
  /** Whether the next stream can go on after this event. */
  readonly isMark: (event: Event) => boolean;
  /** Takes an event, in order; what it gives is yielded. */
  readonly take: (event: Event) => Promise<Item | undefined>;
}

/** A stream of a node that is opened again, from its last mark, when its connection breaks. To be iterated once. */
export class ResumedStream<Event, Item> implements AsyncIterable<Item> {
  readonly #calls: Calls;
  readonly #kind: StreamKind<Event, Item>;
  readonly #limits: StreamLimits;
  readonly #surroundings: Surroundings;
  #connected = false;
  #iterated = false;

  constructor(calls: Calls, kind: StreamKind<Event, Item>, limits: StreamLimits, surroundings: Surroundings) {
    this.#calls = calls;
    this.#kind = kind;
    this.#limits = limits;
    this.#surroundings = surroundings;
  }

  /** Whether the stream is open at present and something has come over it. */
  get connected(): boolean {
    return this.#connected;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, undefined> {
    if (this.#iterated) throw new CorridorError('STATE_FORBIDS', 'a subscription is iterated once; open another one with its cursor');
    this.#iterated = true;
    const { signal, patienceMs = 300_000 } = this.#limits;
    const { clock, random, closed } = this.#surroundings;
    const stop = signal === undefined ? closed : AbortSignal.any([signal, closed]);
    let lostAt = clock.now();
    for (let tries = 1; !stop.aborted; tries += 1) {
      const attempt = yield* this.#oneStream(stop);
      if (stop.aborted) break;
      if (attempt.answered) [tries, lostAt] = [1, clock.now()];
      const { failure } = attempt;
      const again = isPassing(failure) || (failure.error.reason === 'UNAUTHENTICATED' && tries === 1);
      if (!again || clock.now() - lostAt >= patienceMs) throw failure.error;
      await clock.wait(backoffMs(tries, random), stop).catch(() => undefined);
    }
    if (closed.aborted && signal?.aborted !== true) throw closed.reason;
  }

  /** Yields what one stream brings; returns why it ended. Throws what no new stream can mend. */
  async *#oneStream(stop: AbortSignal): AsyncGenerator<Item, { readonly failure: Failure; readonly answered: boolean }> {
    let opened: SignedIn<EntryStream>;
    try {
      opened = await this.#kind.open();
    } catch (cause) {
      return { failure: this.#calls.failure(cause, undefined), answered: false };
    }
    const { stream, token } = opened;
    const queue = new EventQueue<Event>(stream, { maxBytes: this.#limits.maxBytesAhead ?? 4 * 1024 * 1024, isMark: this.#kind.isMark }, stop);
    let answered = false;
    try {
      for (;;) {
        const next = await queue.next();
        if (next.kind === 'end') {
          const cause = next.cause ?? new CorridorError('UNAVAILABLE', `${this.#calls.address} ended the stream`);
          return { failure: this.#calls.failure(cause, token), answered };
        }
        answered = true;
        this.#connected = true;
        const item = await this.#kind.take(next.entry.event);
        if (item !== undefined) yield item;
      }
    } finally {
      this.#connected = false;
      queue.close();
    }
  }
}

/** What an event takes in memory beyond its bytes, roughly. */
const OVERHEAD_BYTES = 128;

/** Reads a response of the stream as an entry: its event and, for the bound on what is read ahead, its size. */
export const entriesOf =
  <Event>(decode: (bytes: Buffer) => { readonly event: Event }) =>
  (bytes: Buffer): Entry<Event> => ({ event: decode(bytes).event, size: bytes.length + OVERHEAD_BYTES });
