import type { ClientDuplexStream } from '@grpc/grpc-js';
import { CorridorError } from '@corridor/kernel';
import {
  HubServiceService,
  PublishStreamRequest,
  type PublishAck,
  type PublishRequest,
  type PublishStreamResponse,
} from '@corridor/contracts/hub/v1/hub';
import type { Surroundings } from './surroundings.ts';
import { backoffMs } from './transport/backoff.ts';
import type { Calls } from './transport/calls.ts';
import { isPassing, itemFailure, type Failure } from './transport/status.ts';

/** Bounds of a publisher. */
export interface PublisherOptions {
  /** Messages sent and not yet acknowledged, at most; default 512. */
  readonly maxInFlight?: number;
  /** Bytes of these messages, at most (a single larger message still goes); default 16 MiB. */
  readonly maxBytesInFlight?: number;
  /** Milliseconds from `publish` until it fails with DEADLINE_EXCEEDED; it covers every reconnection. Default 120,000. */
  readonly deadlineMs?: number;
}

/**
 * Publishes many messages over one stream.
 *
 * A message that was not acknowledged when the connection broke is sent again, with the same bytes and so the same update
 * ids. The node recognises a repeat: every update is published once, whatever happens on the way, and the acknowledgement
 * then lists it among its `exceptions` as a repeat. Messages go out in the order of `publish`, also after a reconnection;
 * only one that the node itself put off (QUEUE_FULL, UNAVAILABLE) comes later than its successors.
 */
export interface Publisher {
  /**
   * Publishes one message; resolves when it is durable. Single updates of it may still have lost, see `exceptions`.
   * Waits for room without bound: a loop awaits `ready()` before each call, or the acknowledgements, to stay bounded.
   * @throws CorridorError with the node's reason when the message was refused as a whole, and nothing of it published;
   *   DEADLINE_EXCEEDED when the outcome is unknown.
   */
  publish(request: PublishRequest): Promise<PublishAck>;
  /** Resolves as soon as a message can be sent without waiting. */
  ready(): Promise<void>;
  /** Resolves when everything published before has been acknowledged or has failed; it never rejects. */
  flush(): Promise<void>;
  /** Takes no more, flushes, and ends the stream. */
  close(): Promise<void>;
}

interface Pending {
  readonly sequence: number;
  /** The serialised PublishStreamRequest, the same for every try. */
  readonly bytes: Buffer;
  /** When it fails, milliseconds since the epoch. */
  readonly due: number;
  readonly resolve: (ack: PublishAck) => void;
  readonly reject: (error: unknown) => void;
  /** How often the node put it off. */
  deferrals: number;
}

type AckStream = ClientDuplexStream<Buffer, PublishStreamResponse>;

/** So long may the node take to end a stream that has nothing left to say. */
const GOODBYE_MS = 5_000;

/** Opens a publisher; it connects with its first message. */
export function openPublisher(calls: Calls, options: PublisherOptions, surroundings: Surroundings): Publisher {
  return new StreamPublisher(calls, options, surroundings);
}

class StreamPublisher implements Publisher {
  readonly #calls: Calls;
  readonly #surroundings: Surroundings;
  readonly #maxInFlight: number;
  readonly #maxBytes: number;
  readonly #deadlineMs: number;

  /** Everything not settled, by sequence, in the order of `publish`; what is not in `#waiting` is in flight. */
  readonly #pending = new Map<number, Pending>();
  readonly #waiting = new Set<Pending>();
  #bytesInFlight = 0;
  #lastSequence = 0;

  #stream: AckStream | undefined;
  #running: Promise<void> | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #closing = false;
  /** Aborts, with the reason, when nothing more can be published. */
  readonly #over = new AbortController();
  #onRoom: (() => void)[] = [];
  #onSettled: { readonly upTo: number; readonly wake: () => void }[] = [];

  constructor(calls: Calls, options: PublisherOptions, surroundings: Surroundings) {
    this.#calls = calls;
    this.#surroundings = surroundings;
    this.#maxInFlight = options.maxInFlight ?? 512;
    this.#maxBytes = options.maxBytesInFlight ?? 16 * 1024 * 1024;
    this.#deadlineMs = options.deadlineMs ?? 120_000;
    surroundings.closed.addEventListener('abort', this.#onConnectionClosed, { once: true });
  }

  publish(request: PublishRequest): Promise<PublishAck> {
    if (this.#over.signal.aborted) return Promise.reject(this.#over.signal.reason);
    if (this.#closing) return Promise.reject(new CorridorError('STATE_FORBIDS', 'this publisher is closed'));
    return new Promise((resolve, reject) => {
      const sequence = this.#lastSequence + 1;
      const bytes = Buffer.from(PublishStreamRequest.encode({ sequence: BigInt(sequence), publish: request }).finish());
      this.#lastSequence = sequence;
      const pending: Pending = { sequence, bytes, due: this.#surroundings.clock.now() + this.#deadlineMs, resolve, reject, deferrals: 0 };
      const room = this.#hasRoom();
      this.#pending.set(sequence, pending);
      if (room) this.#send(pending);
      else this.#waiting.add(pending);
      this.#running ??= this.#run();
      this.#watchDeadline();
    });
  }

  async ready(): Promise<void> {
    while (!this.#hasRoom() && !this.#over.signal.aborted) await new Promise<void>((wake) => this.#onRoom.push(wake));
  }

  async flush(): Promise<void> {
    if (this.#pending.size === 0) return;
    await new Promise<void>((wake) => this.#onSettled.push({ upTo: this.#lastSequence, wake }));
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.flush();
    this.#stream?.end();
    const stream = this.#stream;
    const late = setTimeout(() => stream?.cancel(), GOODBYE_MS);
    await this.#running;
    clearTimeout(late);
    this.#surroundings.closed.removeEventListener('abort', this.#onConnectionClosed);
  }

  readonly #onConnectionClosed = (): void => this.#fail(this.#surroundings.closed.reason);

  #hasRoom(): boolean {
    const inFlight = this.#pending.size - this.#waiting.size;
    return this.#waiting.size === 0 && inFlight < this.#maxInFlight && this.#bytesInFlight < this.#maxBytes;
  }

  #send(pending: Pending): void {
    this.#waiting.delete(pending);
    this.#bytesInFlight += pending.bytes.length;
    this.#stream?.write(pending.bytes);
  }

  /** Keeps a stream open until the publisher is closed and settled, or a failure is final. */
  async #run(): Promise<void> {
    for (let tries = 1; !this.#isDone(); tries += 1) {
      const { failure, acknowledged } = await this.#oneStream();
      if (this.#isDone()) return;
      if (acknowledged) tries = 1;
      // A token may expire under a stream; a fresh one that is refused too is final.
      const again = isPassing(failure) || (failure.error.reason === 'UNAUTHENTICATED' && tries === 1);
      if (!again) return this.#fail(failure.error);
      await this.#surroundings.clock.wait(backoffMs(tries, this.#surroundings.random), this.#over.signal).catch(() => undefined);
    }
  }

  #isDone(): boolean {
    return this.#over.signal.aborted || (this.#closing && this.#pending.size === 0);
  }

  async #oneStream(): Promise<{ readonly failure: Failure; readonly acknowledged: boolean }> {
    let token: string | undefined;
    let acknowledged = false;
    try {
      const opened = await this.#calls.bidi(HubServiceService.publishStream);
      token = opened.token;
      const { stream } = opened;
      if (this.#over.signal.aborted) stream.cancel();
      const ended = endOf(stream);
      stream.on('data', (response: PublishStreamResponse) => {
        acknowledged = true;
        for (const ack of response.acks) this.#onAck(ack);
        this.#fill();
      });
      this.#stream = stream;
      for (const pending of this.#pending.values()) if (!this.#waiting.has(pending)) stream.write(pending.bytes);
      if (this.#closing && this.#pending.size === 0) stream.end();
      await ended;
      return { failure: endedEarly(this.#calls.address), acknowledged };
    } catch (cause) {
      return { failure: this.#calls.failure(cause, token), acknowledged };
    } finally {
      this.#stream = undefined;
    }
  }

  #onAck(ack: PublishAck): void {
    const pending = this.#pending.get(Number(ack.sequence));
    if (pending === undefined) return;
    if (ack.error === undefined) {
      this.#settled(pending);
      pending.resolve(ack);
      return;
    }
    const error = itemFailure(ack.error);
    if (isPassing({ error, stated: true })) void this.#sendLater(pending);
    else {
      this.#settled(pending);
      pending.reject(error);
    }
  }

  /** Sends a message that the node put off once more, unless a new stream has done so meanwhile. */
  async #sendLater(pending: Pending): Promise<void> {
    const stream = this.#stream;
    pending.deferrals += 1;
    await this.#surroundings.clock.wait(backoffMs(pending.deferrals, this.#surroundings.random), this.#over.signal).catch(() => undefined);
    if (this.#stream === stream && this.#pending.has(pending.sequence)) stream?.write(pending.bytes);
  }

  #settled(pending: Pending): void {
    this.#pending.delete(pending.sequence);
    if (!this.#waiting.delete(pending)) this.#bytesInFlight -= pending.bytes.length;
  }

  /** Uses the room that acknowledgements made, and wakes who waits for it. */
  #fill(): void {
    for (const pending of this.#waiting) {
      if (this.#pending.size - this.#waiting.size >= this.#maxInFlight || this.#bytesInFlight >= this.#maxBytes) break;
      this.#send(pending);
    }
    if (this.#onRoom.length > 0 && (this.#hasRoom() || this.#over.signal.aborted)) {
      const woken = this.#onRoom;
      this.#onRoom = [];
      for (const wake of woken) wake();
    }
    if (this.#onSettled.length > 0) this.#wakeFlushes();
  }

  #wakeFlushes(): void {
    const oldest = this.#pending.keys().next().value ?? Infinity;
    this.#onSettled = this.#onSettled.filter(({ upTo, wake }) => {
      if (oldest <= upTo) return true;
      wake();
      return false;
    });
  }

  /** One timer, for the oldest message: all have the same time, so they fall due in order. */
  #watchDeadline(): void {
    const oldest = this.#pending.values().next().value;
    if (this.#deadline !== undefined || oldest === undefined) return;
    this.#deadline = setTimeout(() => {
      this.#deadline = undefined;
      const now = this.#surroundings.clock.now();
      for (const pending of this.#pending.values()) {
        if (pending.due > now) break;
        this.#settled(pending);
        pending.reject(new CorridorError('DEADLINE_EXCEEDED', `no acknowledgement from ${this.#calls.address} within ${this.#deadlineMs} ms`));
      }
      this.#fill();
      this.#watchDeadline();
    }, Math.max(0, oldest.due - this.#surroundings.clock.now()));
    this.#deadline.unref();
  }

  #fail(error: unknown): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(error);
    this.#stream?.cancel();
    for (const pending of this.#pending.values()) {
      this.#settled(pending);
      pending.reject(error);
    }
    clearTimeout(this.#deadline);
    this.#fill();
  }
}

/** Resolves when a stream ended well, rejects with the status when it did not. */
const endOf = (stream: AckStream): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.on('status', () => resolve());
  });

const endedEarly = (address: string): Failure => ({
  error: new CorridorError('UNAVAILABLE', `${address} ended the stream`),
  stated: false,
});
