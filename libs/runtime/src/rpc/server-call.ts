import { constants } from 'node:http2';
import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { type Clock, CorridorError, type Reason } from '@corridor/kernel';
import type { Sink } from './rpc.ts';
import { encodeStatus, STATUS_TRAILER, statusOf } from './status.ts';

/** Above so many bytes handed to HTTP/2 and not yet sent, `write` waits. */
const HIGH_WATER = 128 * 1024;
/** Frame header of a gRPC message. */
const FRAME = 5;
const OK = 0;
const WRITTEN = Promise.resolve();

/**
 * One call over grpc-js's intercepting-call interface, below its stream objects: nothing of the body is read before
 * somebody asks for it, several messages may be under way to HTTP/2 at once, and there is exactly one status.
 */
export class ServerCall {
  /** Aborts with the error that ended the call before its handler did. */
  readonly signal: AbortSignal;
  /** Resolves when all of the call has been sent, or its stream is gone. */
  readonly closed: Promise<void>;
  readonly #close: () => void;
  readonly #call: ServerInterceptingCallInterface;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #controller = new AbortController();
  #metadata = new Metadata();
  #ended = false;
  #told: 'OK' | Reason | undefined;
  #halfClosed = false;
  #reader: PromiseWithResolvers<Buffer | undefined> | undefined;
  #unsent = 0;
  /** Bytes handed to HTTP/2 since the call began. */
  #handed = 0;
  #handedAt = Number.NEGATIVE_INFINITY;
  #writers: PromiseWithResolvers<void>[] = [];

  private constructor(call: ServerInterceptingCallInterface, clock: Pick<Clock, 'monotonic'>) {
    this.#call = call;
    this.#clock = clock;
    this.signal = this.#controller.signal;
    ({ promise: this.closed, resolve: this.#close } = Promise.withResolvers<void>());
  }

  /** Takes a call over; `onOpen` gets it as soon as its metadata are there. */
  static take(call: ServerInterceptingCallInterface, clock: Pick<Clock, 'monotonic'>, onOpen: (call: ServerCall) => void): void {
    const taken = new ServerCall(call, clock);
    call.start({
      onReceiveMetadata: (metadata) => {
        taken.#metadata = metadata;
        onOpen(taken);
      },
      onReceiveMessage: (message: Buffer) => taken.#received(message),
      onReceiveHalfClose: () => taken.#received(undefined),
      onCancel: () => taken.#cancelled(),
    });
  }

  /** What the caller sent ahead of its messages. */
  get metadata(): Metadata {
    return this.#metadata;
  }

  /** The next message; undefined when the caller sends no more. Rejects with the error that ended the call. */
  read(): Promise<Buffer | undefined> {
    if (this.#ended || this.signal.aborted) return Promise.reject(this.#reason());
    if (this.#halfClosed) return Promise.resolve(undefined);
    if (this.#reader !== undefined) return Promise.reject(new Error('a read is under way'));
    const reader = Promise.withResolvers<Buffer | undefined>();
    this.#reader = reader;
    this.#call.startRead();
    return reader.promise;
  }

  /** Where messages go; `serialize` makes the bytes of those that are not bytes yet. */
  sink<T>(serialize: (message: T) => Buffer): Sink<T> {
    return {
      write: (message) => {
        if (this.#ended) return Promise.reject(this.#reason());
        this.#send(Buffer.isBuffer(message) ? message : serialize(message));
        if (this.#unsent <= HIGH_WATER) return WRITTEN;
        const writer = Promise.withResolvers<void>();
        this.#writers.push(writer);
        return writer.promise;
      },
      tryWrite: (message) => {
        if (this.#ended) throw this.#reason();
        if (this.#unsent > HIGH_WATER) return false;
        this.#send(Buffer.isBuffer(message) ? message : serialize(message));
        return true;
      },
    };
  }

  /** What the caller was told at the end; undefined before, and when it left or was broken off. */
  get told(): 'OK' | Reason | undefined {
    return this.#told;
  }

  /** Bytes handed to HTTP/2 since the call began. */
  get handed(): number {
    return this.#handed;
  }

  /** How many of them it has sent. */
  get sent(): number {
    return this.#handed - this.#unsent;
  }

  /** When the last of them were handed over, by the monotonic time; before all time when none were. */
  get handedAt(): number {
    return this.#handedAt;
  }

  /**
   * Breaks the call off: what HTTP/2 has not sent yet is dropped, also behind a status that was handed over. The caller
   * sees UNAVAILABLE without a reason.
   */
  reset(): void {
    this.#end(new CorridorError('UNAVAILABLE', 'the stream was broken off'));
    streamOf(this.#call)?.close(constants.NGHTTP2_REFUSED_STREAM);
  }

  /** Tells the handler to end; the status is still to come. */
  abort(error: CorridorError): void {
    if (this.#ended || this.signal.aborted) return;
    this.#controller.abort(error);
    this.#reader?.reject(error);
    this.#reader = undefined;
  }

  /** Ends the call well. */
  finish(last?: Buffer): void {
    if (this.#ended) return;
    if (last !== undefined) this.#send(last);
    this.#end();
    this.#told = 'OK';
    this.#call.sendStatus({ code: OK, details: 'OK', metadata: null });
  }

  /** Ends the call with an error; the first end counts. */
  fail(error: CorridorError): void {
    if (this.#ended) return;
    const status = statusOf(error);
    const metadata = new Metadata();
    metadata.set(STATUS_TRAILER, Buffer.from(encodeStatus(status)));
    this.#end(error);
    this.#told = error.reason;
    this.#call.sendStatus({ code: status.code, details: status.message, metadata });
  }

  #send(bytes: Buffer): void {
    const size = bytes.length + FRAME;
    this.#unsent += size;
    this.#handed += size;
    this.#handedAt = this.#clock.monotonic();
    this.#call.sendMessage(bytes, () => {
      this.#unsent -= size;
      if (this.#unsent <= HIGH_WATER && this.#writers.length > 0) for (const writer of this.#writers.splice(0)) writer.resolve();
    });
  }

  #received(message: Buffer | undefined): void {
    if (message === undefined) this.#halfClosed = true;
    this.#reader?.resolve(message);
    this.#reader = undefined;
  }

  /** The stream is gone: the caller left, its deadline passed, or the status was sent. */
  #cancelled(): void {
    this.#close();
    if (this.#ended) return;
    const deadline = Number(this.#call.getDeadline());
    this.#end(
      Number.isFinite(deadline) && Date.now() >= deadline
        ? new CorridorError('DEADLINE_EXCEEDED', 'the deadline of the call has passed')
        : new CorridorError('UNAVAILABLE', 'the caller has left'),
    );
  }

  #end(error?: CorridorError): void {
    this.#ended = true;
    if (!this.signal.aborted) this.#controller.abort(error ?? ENDED);
    for (const waiting of [this.#reader, ...this.#writers.splice(0)]) waiting?.reject(this.#reason());
    this.#reader = undefined;
  }

  #reason(): unknown {
    return this.signal.reason ?? ENDED;
  }
}

const ENDED = new CorridorError('UNAVAILABLE', 'the call has ended');

/** The HTTP/2 stream below a call, which grpc-js has no way to break off; its tests hold that it is still there. */
function streamOf(call: object): { close(code: number): void } | undefined {
  const stream: unknown = 'stream' in call ? call.stream : undefined;
  return isStream(stream) ? stream : undefined;
}

const isStream = (value: unknown): value is { close(code: number): void } =>
  typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function';
