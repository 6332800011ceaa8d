import { CorridorError } from '@corridor/kernel';
import type { Consumer } from './event-log.ts';
import type { OpenTopics, Usable } from './open-topics.ts';

/** The consumers that run on an open log: of each group on a topic at most one. */
export class RunningConsumers<T extends Usable> {
  readonly #topics: OpenTopics<T>;
  readonly #running = new Map<string, Consumer>();

  constructor(topics: OpenTopics<T>) {
    this.#topics = topics;
  }

  /**
   * Starts one; one that is refused has ended with UNAVAILABLE, NOT_FOUND or STATE_FORBIDS.
   * @param begin MUST call `ended` when the consumer has ended, and not before it returned
   */
  start(name: string, group: string, begin: (topic: T, ended: () => void) => Consumer): Consumer {
    const key = `${name}\0${group}`;
    try {
      const topic = this.#topics.get(name);
      if (this.#running.has(key)) throw new CorridorError('STATE_FORBIDS', 'a consumer of this group runs already');
      const consumer = begin(topic, () => this.#running.delete(key));
      this.#running.set(key, consumer);
      return consumer;
    } catch (error) {
      return { done: Promise.reject(CorridorError.from(error)), stop: () => Promise.resolve() };
    }
  }

  /** Resolves when all have stopped. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((consumer) => consumer.stop()));
  }
}
