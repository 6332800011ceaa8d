import type { ClientHttp2Stream, ServerHttp2Stream } from 'node:http2';

/** So many bytes of a request are kept for another replica, in case the first refuses the call. */
const KEPT_BYTES = 64 * 1024;

/**
 * What a caller sends, on its way to a service as fast as that reads. Its beginning is kept until an answer begins, so
 * that a call which a replica has not taken can be made of another.
 */
export class RequestBody {
  readonly #from: ServerHttp2Stream;
  #to: ClientHttp2Stream | undefined;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #whole = true;
  #ended = false;

  constructor(from: ServerHttp2Stream) {
    this.#from = from;
    from.pause();
    from.on('data', (bytes: Buffer) => {
      this.#keep(bytes);
      if (this.#to?.write(bytes) === false) from.pause();
    });
    from.once('end', () => {
      this.#ended = true;
      this.#to?.end();
    });
  }

  /** Whether everything that came so far is kept. */
  get replayable(): boolean {
    return this.#whole;
  }

  /** Whether the caller has said that it sends no more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Sends everything to a call: what is kept, and what comes. */
  sendTo(to: ClientHttp2Stream): void {
    this.#to = to;
    let more = true;
    for (const bytes of this.#kept) more = to.write(bytes);
    to.on('drain', () => {
      if (this.#to === to) this.#from.resume();
    });
    if (this.#ended) to.end();
    else if (more) this.#from.resume();
  }

  /** Sends nothing for now. */
  hold(): void {
    this.#to = undefined;
    this.#from.pause();
  }

  /** The call is taken: nothing needs to be kept. */
  taken(): void {
    this.#whole = false;
    this.#kept = [];
  }

  /** Lets go what else the caller sends: nobody wants it. */
  discard(): void {
    this.#to = undefined;
    this.taken();
    this.#from.resume();
  }

  #keep(bytes: Buffer): void {
    if (!this.#whole) return;
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > KEPT_BYTES) this.taken();
    else this.#kept.push(bytes);
  }
}
