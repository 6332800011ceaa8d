import type { TopicSpec } from './event-log.ts';
import { closed, unknownTopic } from './refusals.ts';

/** A topic as an adapter has it while it can be used. */
export interface Usable {
  readonly spec: TopicSpec;
  /** Ends everyone who uses it. */
  withdraw(): void;
}

/** The topics of an open log by their names, until it is closed. They come and go while it is open. */
export class OpenTopics<T extends Usable> {
  readonly #byName = new Map<string, T>();
  /** Those who wait for topics, told once they can be used. */
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #closing = new AbortController();

  /** Aborts, with UNAVAILABLE, when the log is closed. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  close(): void {
    this.#closing.abort(closed());
  }

  /** @throws CorridorError UNAVAILABLE */
  refuseClosed(): void {
    this.closed.throwIfAborted();
  }

  /** @throws CorridorError UNAVAILABLE, NOT_FOUND */
  get(name: string): T {
    this.refuseClosed();
    const topic = this.#byName.get(name);
    if (topic === undefined) throw unknownTopic(name);
    return topic;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  all(): readonly T[] {
    return [...this.#byName.values()];
  }

  names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /** Lets a topic be used. */
  add(topic: T): void {
    const { name } = topic.spec;
    this.#byName.set(name, topic);
    for (const tell of this.#waiting.get(name) ?? []) tell();
  }

  /** Takes a topic away from everyone who uses it. */
  remove(name: string): void {
    this.#byName.get(name)?.withdraw();
    this.#byName.delete(name);
  }

  /** The topics that somebody waits for. */
  awaited(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** Resolves once a topic can be used. @throws CorridorError UNAVAILABLE when the log is closed first; the signal's reason when that aborts first */
  async opened(name: string, signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([this.closed, signal]);
    ending.throwIfAborted();
    if (this.has(name)) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(name) ?? new Set();
    const abort = (): void => reject(ending.reason);
    this.#waiting.set(name, waiting.add(resolve));
    ending.addEventListener('abort', abort);
    try {
      await promise;
    } finally {
      ending.removeEventListener('abort', abort);
      waiting.delete(resolve);
      if (waiting.size === 0) this.#waiting.delete(name);
    }
  }
}
