import { CorridorError } from '@corridor/kernel';
import type { OpenTopic, RecentLimits } from './topic.ts';

/** The topics of an open log by their names, until it is closed. */
export class OpenTopics {
  /** How much of the newest records of a topic is kept in memory while it is read. */
  readonly recent: RecentLimits;
  readonly #byName: Map<string, OpenTopic>;
  readonly #closing = new AbortController();

  constructor(topics: readonly OpenTopic[], recent: RecentLimits) {
    this.recent = recent;
    this.#byName = new Map(topics.map((topic) => [topic.spec.name, topic]));
  }

  /** Aborts when the log is closed. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  close(): void {
    this.#closing.abort();
  }

  /** @throws CorridorError UNAVAILABLE */
  refuseClosed(): void {
    if (this.#closing.signal.aborted) throw closed();
  }

  /** @throws CorridorError UNAVAILABLE, NOT_FOUND */
  get(name: string): OpenTopic {
    this.refuseClosed();
    const topic = this.#byName.get(name);
    if (topic === undefined) throw unknownTopic(name);
    return topic;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  all(): readonly OpenTopic[] {
    return [...this.#byName.values()];
  }

  names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  add(topic: OpenTopic): void {
    this.#byName.set(topic.spec.name, topic);
  }

  /** Takes a topic away from everyone who uses it. */
  remove(name: string): void {
    this.#byName.get(name)?.withdraw();
    this.#byName.delete(name);
  }
}

export const closed = (): CorridorError => new CorridorError('UNAVAILABLE', 'the log is closed');
export const unknownTopic = (name: string): CorridorError => new CorridorError('NOT_FOUND', `the log has no topic ${name}`);
