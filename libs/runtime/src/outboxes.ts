import type { CollectionSpec, Documents } from '@corridor/documents';
import { relay, type Relay } from '@corridor/outbox';
import type { Ports } from './service.ts';

/** The collections of one service whose commits carry events, each with the relay that publishes them. */
export class Outboxes {
  readonly #service: string;
  readonly #ports: Pick<Ports, 'documents' | 'log' | 'clock' | 'report'>;
  readonly #relays: Pick<Relay<unknown>, 'drained' | 'stop'>[] = [];
  /** By collection, why its events could not be published when that was tried last. */
  readonly #failures = new Map<string, string>();

  constructor(service: string, ports: Pick<Ports, 'documents' | 'log' | 'clock' | 'report'>) {
    this.#service = service;
    this.#ports = ports;
  }

  /** Opens a collection and starts its relay. */
  async open<T>(spec: CollectionSpec<T>): Promise<Documents<T>> {
    const { documents, log, clock, report } = this.#ports;
    const running = relay(await documents.collection(spec), log, {
      clock,
      onFailure: ({ reason }) => {
        if (!this.#failures.has(spec.name)) report('warn', `${this.#service}.relay-failed`, { collection: spec.name, reason });
        this.#failures.set(spec.name, reason);
      },
      onRecovery: () => this.#failures.delete(spec.name),
    });
    this.#relays.push(running);
    return running.documents;
  }

  /** Resolves when every event committed before the call is in the log. @throws CorridorError UNAVAILABLE once stopped */
  async drained(): Promise<void> {
    await Promise.all(this.#relays.map((running) => running.drained()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#relays.map((running) => running.stop()));
  }

  /** Why events could not be published when that was tried last; undefined once all were. */
  get failure(): string | undefined {
    for (const [collection, reason] of this.#failures) return `events of ${collection} cannot be published: ${reason}`;
    return undefined;
  }
}
