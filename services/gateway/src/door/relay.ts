import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { CorridorError } from '@corridor/kernel';
import { responseOf, trailersOf } from './headers.ts';
import { refusalFor, trailersFor, unavailable } from './refusal.ts';
import { RequestBody } from './request-body.ts';
import { type Mark, ResponseBody } from './response-body.ts';
import type { Begun, Upstream } from './upstream.ts';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM, NGHTTP2_FLAG_END_STREAM } = constants;

/** How one attempt ended: all is said and done, or the replica has not looked at the call. */
type Attempt = 'ended' | 'not taken';

/**
 * One call between a caller and a service: headers, bytes and trailers pass unchanged both ways, each way as fast as its
 * receiver reads. It is made once; only when the replica has certainly not looked at it is it made of another one.
 */
export class Relay {
  readonly #caller: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #upstream: Upstream;
  readonly #request: RequestBody;
  readonly #left = new AbortController();
  #begun: Begun | undefined;
  #response: ResponseBody | undefined;
  #trailers: OutgoingHttpHeaders | undefined;
  #ended = false;
  #retried = false;

  constructor(caller: ServerHttp2Stream, headers: IncomingHttpHeaders, upstream: Upstream) {
    this.#caller = caller;
    this.#headers = headers;
    this.#upstream = upstream;
    this.#request = new RequestBody(caller);
    // What an error means is told by `close`, which always follows.
    caller.on('error', () => undefined);
    caller.on('wantTrailers', () => {
      if (this.#gone) return;
      caller.sendTrailers(this.#trailers ?? trailersFor(lost()));
      this.#closeBehindAnswer();
    });
    caller.once('close', () => {
      this.#left.abort();
      this.#ended = true;
      this.#begun?.stream.close(NGHTTP2_CANCEL);
    });
  }

  /** google.rpc.Code that the caller was told; undefined when it was told none. */
  get code(): number | undefined {
    const code = this.#trailers?.['grpc-status'];
    return code === undefined ? undefined : Number(code);
  }

  /** Whether a second replica was asked. */
  get retried(): boolean {
    return this.#retried;
  }

  /** Resolves when the caller has been told everything, or has left. */
  async run(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#left.signal.addEventListener('abort', () => resolve(), { once: true }));
    try {
      await this.#attempts();
    } catch (error) {
      this.end(CorridorError.from(error));
    }
    await closed;
  }

  /** Ends the call, unless it has ended. */
  end(why: CorridorError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#trailers = trailersFor(why);
    this.#begun?.stream.close(NGHTTP2_CANCEL);
    if (this.#gone) return;
    this.#request.discard();
    if (this.#caller.headersSent) return void this.#caller.end();
    this.#caller.respond(refusalFor(why), { endStream: true });
    this.#closeBehindAnswer();
  }

  /** Breaks the call off with everything that waits here. */
  #breakOff(code: number = NGHTTP2_REFUSED_STREAM): void {
    this.#ended = true;
    this.#begun?.stream.close(NGHTTP2_CANCEL);
    this.#caller.close(code);
  }

  /** Where the answer is; undefined before it has begun. */
  mark(): Mark | undefined {
    return this.#response?.mark();
  }

  /** Breaks the call off if something of its answer waits here. */
  breakOffHeld(): void {
    if (this.#response?.empty === false) this.#breakOff();
  }

  /** Breaks the call off unless everything that waited here at a mark has been sent since. */
  breakOffUnlessSent(since: Mark | undefined): void {
    if (since !== undefined && this.#response?.sentSince(since) === false) this.#breakOff();
  }

  async #attempts(): Promise<void> {
    const first = await this.#upstream.begin(this.#headers);
    if ((await this.#attempt(first)) === 'ended') return;
    this.#retried = true;
    if ((await this.#attempt(await this.#upstream.begin(this.#headers, first.with))) === 'not taken') throw unavailable('no replica has taken the call');
  }

  #attempt(begun: Begun): Promise<Attempt> {
    const { stream } = begun;
    this.#begun = begun;
    // The error says no more than the code of the stream that closes.
    stream.on('error', () => undefined);
    if (this.#ended) {
      stream.close(NGHTTP2_CANCEL);
      return Promise.resolve('ended');
    }
    return new Promise((resolve) => {
      stream.once('response', (headers: IncomingHttpHeaders, flags) => this.#answer(begun, headers, (flags & NGHTTP2_FLAG_END_STREAM) !== 0));
      stream.once('trailers', (trailers: IncomingHttpHeaders) => {
        this.#trailers ??= trailersOf(trailers);
      });
      stream.once('end', () => this.#answered(begun));
      stream.once('close', () => resolve(this.#closed(begun)));
      this.#request.sendTo(stream);
    });
  }

  #answer({ stream }: Begun, headers: IncomingHttpHeaders, whole: boolean): void {
    if (this.#ended || this.#gone) return;
    this.#request.taken();
    if (whole) {
      this.#ended = true;
      this.#trailers = { 'grpc-status': headers['grpc-status'] };
      this.#caller.respond(responseOf(headers), { endStream: true });
      stream.resume();
      this.#request.discard();
      this.#closeBehindAnswer();
    } else {
      this.#caller.respond(responseOf(headers), { waitForTrailers: true });
      this.#response = new ResponseBody(stream, this.#caller);
    }
  }

  /** Everything has been read. */
  #answered({ stream }: Begun): void {
    // A connection that is lost in the midst of an answer may look like its end.
    if (this.#ended || this.#gone || this.#trailers === undefined) return;
    this.#ended = true;
    if (!this.#request.ended) stream.close(NGHTTP2_CANCEL);
    this.#request.discard();
    this.#caller.end();
  }

  /** The service has closed the call: well, or at any moment before. */
  #closed(begun: Begun): Attempt {
    if (this.#ended) return 'ended';
    const { rstCode } = begun.stream;
    if (rstCode === NGHTTP2_REFUSED_STREAM && !this.#caller.headersSent && this.#request.replayable) {
      this.#request.hold();
      return 'not taken';
    }
    if (begun.connected() && (this.#caller.headersSent || rstCode !== NGHTTP2_REFUSED_STREAM) && !LOST.has(rstCode)) this.#breakOff(rstCode);
    else this.end(lost());
    return 'ended';
  }

  /** Whether the caller has left; it is told so a moment before `close`. */
  get #gone(): boolean {
    return this.#caller.closed || this.#caller.destroyed;
  }

  /** A caller that would go on sending is told that nobody listens any more (RFC 9113, section 8.1). */
  #closeBehindAnswer(): void {
    if (!this.#request.ended) setImmediate(() => this.#caller.close(NGHTTP2_NO_ERROR));
  }
}

/** How the calls of a service end that goes away with them; Node says INTERNAL_ERROR when its connection was reset. */
const LOST: ReadonlySet<number | undefined> = new Set([undefined, NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR]);
const lost = (): CorridorError => unavailable('the service that answered was lost');
