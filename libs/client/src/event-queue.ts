import type { Readable } from 'node:stream';

/** One event of a subscription and what it takes in memory, bytes. */
export interface Entry<Event> {
  readonly event: Event;
  readonly size: number;
}

interface End {
  readonly kind: 'end';
  readonly cause?: unknown;
}

/** The next event, or the end of the stream with what ended it, if anything. */
export type Next<Event> = { readonly kind: 'entry'; readonly entry: Entry<Event> } | End;

/** What a queue must know of its stream. */
export interface QueueRules<Event> {
  /** Bytes that may wait, at most (and one event more). */
  readonly maxBytes: number;
  /** Whether a later stream can go on after this event. */
  readonly isMark: (event: Event) => boolean;
}

/** A stream of entries, in object mode, that can be ended from here. */
export type EntryStream = Readable & { cancel(): void };

/** So many taken events may stay in memory before the list is cut. */
const COMPACT_AT = 1_024;

/**
 * Events that have arrived and were not yet taken. When they are more than the bound the transport stops reading, and by
 * HTTP/2 flow control the node stops writing. One reader.
 *
 * When the stream has ended, what came after the last mark is dropped: the next stream begins at a mark and brings it
 * again, so taking it here would only make repeats.
 */
export class EventQueue<Event> {
  readonly #stream: EntryStream;
  readonly #rules: QueueRules<Event>;
  readonly #stop: AbortSignal;
  #entries: Entry<Event>[] = [];
  #at = 0;
  #bytes = 0;
  #end: End | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: EntryStream, rules: QueueRules<Event>, stop: AbortSignal) {
    this.#stream = stream;
    this.#rules = rules;
    this.#stop = stop;
    stream.on('data', (entry: Entry<Event>) => this.#add(entry));
    stream.on('error', (cause) => this.#finish({ kind: 'end', cause }));
    stream.on('end', () => this.#finish({ kind: 'end' }));
    stop.addEventListener('abort', this.#onStop, { once: true });
    if (stop.aborted) this.#onStop();
  }

  /** Resolves with the oldest event, as soon as there is one. */
  async next(): Promise<Next<Event>> {
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

  #add(entry: Entry<Event>): void {
    if (this.#end !== undefined) return;
    this.#entries.push(entry);
    this.#bytes += entry.size;
    if (this.#bytes >= this.#rules.maxBytes) this.#stream.pause();
    this.#wake?.();
  }

  #take(entry: Entry<Event>): void {
    this.#at += 1;
    this.#bytes -= entry.size;
    if (this.#at === this.#entries.length) {
      this.#entries = [];
      this.#at = 0;
    } else if (this.#at === COMPACT_AT) {
      this.#entries = this.#entries.slice(COMPACT_AT);
      this.#at = 0;
    }
    if (this.#end === undefined && this.#bytes < this.#rules.maxBytes / 2 && this.#stream.isPaused()) this.#stream.resume();
  }

  #finish(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    const lastMark = this.#entries.findLastIndex(({ event }) => this.#rules.isMark(event));
    this.#entries.length = Math.max(lastMark + 1, this.#at);
    this.#wake?.();
  }
}
