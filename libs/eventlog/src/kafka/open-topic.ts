import type { TopicSpec } from '../event-log.ts';
import { unknownTopic } from '../refusals.ts';
import type { Sender } from './sender.ts';

/** A topic of the cluster that can be used. */
export class OpenTopic {
  readonly spec: TopicSpec;
  readonly sender: Sender;
  readonly #withdrawing = new AbortController();

  constructor(spec: TopicSpec, sender: (withdrawn: AbortSignal) => Sender) {
    this.spec = spec;
    this.sender = sender(this.#withdrawing.signal);
  }

  /** Aborts, with NOT_FOUND, when the topic is taken away. */
  get withdrawn(): AbortSignal {
    return this.#withdrawing.signal;
  }

  withdraw(): void {
    this.#withdrawing.abort(unknownTopic(this.spec.name));
  }
}
