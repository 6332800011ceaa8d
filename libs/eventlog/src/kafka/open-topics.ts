import { CorridorError } from '@corridor/kernel';
import type { TopicSpec } from '../event-log.ts';
import type { Sender } from './sender.ts';

/** A topic that can be used. */
export class OpenTopic {
  readonly spec: TopicSpec;
  readonly sender: Sender;
  readonly #withdrawing = new AbortController();

  constructor(spec: TopicSpec, sender: (withdrawn: AbortSignal) => Sender) {
    this.spec = spec;
    this.sender = sender(this.#withdrawing.signal);
  }

  /** Aborts when the topic is taken away. */
  get withdrawn(): AbortSignal {
    return this.#withdrawing.signal;
  }

  withdraw(): void {
    this.#withdrawing.abort(unknownTopic(this.spec.name));
  }
}

/** The topics of an open log by their names, until it is closed. They come and go while it is open. */
export class OpenTopics {
  readonly #open: (spec: TopicSpec) => OpenTopic;
  readonly #byName = new Map<string, OpenTopic>();
  readonly #closing = new AbortController();

  constructor(open: (spec: TopicSpec) => OpenTopic) {
    this.#open = open;
  }

  /** Aborts when the log is closed. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  close(): void {
    this.#closing.abort(closed());
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

  names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  all(): readonly OpenTopic[] {
    return [...this.#byName.values()];
  }

  /** Lets a topic that is on the cluster be used. Changes nothing when it can be already. */
  add(spec: TopicSpec): void {
    if (!this.#byName.has(spec.name)) this.#byName.set(spec.name, this.#open(spec));
  }

  /** Takes a topic away from everyone who uses it. */
  remove(name: string): void {
    this.#byName.get(name)?.withdraw();
    this.#byName.delete(name);
  }
}

export const closed = (): CorridorError => new CorridorError('UNAVAILABLE', 'the log is closed');
export const unknownTopic = (name: string): CorridorError => new CorridorError('NOT_FOUND', `the log has no topic ${name}`);
