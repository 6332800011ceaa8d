import type { ClientHttp2Stream, ServerHttp2Stream } from 'node:http2';

/**
 * More than can wait here of one answer: the window of its stream, what Node has read of it, and what it has taken to be
 * written.
 */
const MOST_HELD_BYTES = 256 * 1024;

/** Where an answer was at a moment. */
export interface Mark {
  readonly timesEmpty: number;
  readonly sent: number;
}

/** What a service answers, on its way to a caller as fast as that reads: while it does not, the service has to wait. */
export class ResponseBody {
  readonly #to: ServerHttp2Stream;
  readonly #from: ClientHttp2Stream;
  #timesEmpty = 0;
  #handed = 0;
  #sent = 0;

  constructor(from: ClientHttp2Stream, to: ServerHttp2Stream) {
    this.#from = from;
    this.#to = to;
    from.on('data', (bytes: Buffer) => this.#pass(bytes));
    to.on('drain', () => from.resume());
  }

  /** Whether nothing waits here that the caller has not been sent. */
  get empty(): boolean {
    return this.#sent === this.#handed && !this.#from.isPaused() && this.#from.readableLength === 0;
  }

  mark(): Mark {
    return { timesEmpty: this.#timesEmpty, sent: this.#sent };
  }

  /** Whether everything that waited here at a mark has been sent since. */
  sentSince({ timesEmpty, sent }: Mark): boolean {
    return this.empty || this.#timesEmpty > timesEmpty || this.#sent - sent >= MOST_HELD_BYTES;
  }

  #pass(bytes: Buffer): void {
    if (this.#to.destroyed || this.#to.writableEnded) return;
    this.#handed += bytes.length;
    const more = this.#to.write(bytes, () => {
      this.#sent += bytes.length;
      if (this.empty) this.#timesEmpty += 1;
    });
    if (!more) this.#from.pause();
  }
}
