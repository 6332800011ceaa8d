import type { Readable } from 'node:stream';
import type { SubscribeResponse } from '@corridor/contracts/hub/v1/hub';

/** One event of a subscription and what it takes in memory, bytes. */
export interface Entry {
  readonly event: SubscribeResponse['event'];
  readonly size: number;
}

/** The next event, or the end of the stream with what ended it, if anything. */
export type Next = { readonly kind: 'entry'; readonly entry: Entry } | { readonly kind: 'end'; readonly cause?: unknown };

/** A stream of entries, in object mode, that can be ended from here. */
export type EntryStream = Readable & { cancel(): void };

/** So many taken events may stay in memory before the list is cut. */
const COMPACT_AT = 1_024;

/**
 * Events that have arrived and were not yet taken. When they are more than `maxBytes` the transport stops reading, and by
 * HTTP/2 flow control the node stops writing. One reader.
 *
 * When the stream has ended, what came after the last mark is dropped: the next stream begins at a mark and brings it
 * again, so taking it here would only make repeats.
 */
export class EventQueue {
  readonly #stream: EntryStream;
  readonly #maxBytes: number;
  readonly #stop: AbortSignal;
  #entries: Entry[] = [];
  #at = 0;
  #bytes = 0;
  #end: Extract<Next, { kind: 'end' }> | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: EntryStream, maxBytes: number, stop: AbortSignal) {
    this.#stream = stream;
    this.#maxBytes = maxBytes;
    this.#stop = stop;
    stream.on('data', (entry: Entry) => this.#add(entry));
    stream.on('error', (cause) => this.#finish({ kind: 'end', cause }));
    stream.on('end', () => this.#finish({ kind: 'end' }));
    stop.addEventListener('abort', this.#onStop, { once: true });
    if (stop.aborted) this.#onStop();
  }

  /** Resolves with the oldest event, as soon as there is one. */
  async next(): Promise<Next> {
    for (;;) {
      const entry = this.#entries[this.#at];
      if (entry !== undefined) {
        this.#take(entry);
        return { kind: 'entry', entry };
      }
      if (this.#end !== undefined) return this.#end;
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }

  /** Ends the stream; what has not been taken is dropped. */
  close(): void {
    this.#stop.removeEventListener('abort', this.#onStop);
    this.#entries = [];
    this.#stream.cancel();
  }

  readonly #onStop = (): void => {
    this.#entries = [];
    this.#at = 0;
    this.#finish({ kind: 'end' });
    this.#stream.cancel();
  };

  #add(entry: Entry): void {
    if (this.#end !== undefined) return;
    this.#entries.push(entry);
    this.#bytes += entry.size;
    if (this.#bytes >= this.#maxBytes) this.#stream.pause();
    this.#wake?.();
  }

  #take(entry: Entry): void {
    this.#at += 1;
    this.#bytes -= entry.size;
    if (this.#at === this.#entries.length) {
      this.#entries = [];
      this.#at = 0;
    } else if (this.#at === COMPACT_AT) {
      this.#entries = this.#entries.slice(COMPACT_AT);
      this.#at = 0;
    }
    if (this.#end === undefined && this.#bytes < this.#maxBytes / 2 && this.#stream.isPaused()) this.#stream.resume();
  }

  #finish(end: Extract<Next, { kind: 'end' }>): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    const lastMark = this.#entries.findLastIndex(({ event }) => event?.$case === 'mark');
    this.#entries.length = Math.max(lastMark + 1, this.#at);
    this.#wake?.();
  }
}
