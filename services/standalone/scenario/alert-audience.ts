import type { Corridor } from '@corridor/client';
import type { Alert } from '@corridor/contracts/alerts/v1/alerts';
import { CorridorError } from '@corridor/kernel';
import { Awaited } from './awaited.ts';

/** One agency that subscribes to alert topics and counts what it receives, from the beginning on. */
export class AlertListener {
  readonly agency: string;
  readonly #received = new Map<string, Alert>();
  readonly #stop = new AbortController();
  readonly #listening: Promise<void>;
  readonly #awaited = new Awaited();

  constructor(node: Corridor, agency: string, topics: readonly string[]) {
    this.agency = agency;
    const subscription = node.subscribeAlerts({ filter: { topics, statuses: [] }, from: 'beginning', signal: this.#stop.signal });
    this.#listening = this.#listen(subscription);
  }

  /** How many alerts it has received, each counted once. */
  get alerts(): number {
    return this.#received.size;
  }

  /** The first alert it received. @throws CorridorError of the subscription; the signal's reason. */
  async first(signal: AbortSignal): Promise<Alert> {
    await this.#awaited.until(() => this.#received.size > 0, signal);
    const [alert] = this.#received.values();
    if (alert === undefined) throw new CorridorError('INTERNAL', 'an alert was received and is not there');
    return alert;
  }

  async stop(): Promise<void> {
    this.#stop.abort(new CorridorError('UNAVAILABLE', 'the play is over'));
    await this.#listening;
  }

  async #listen(subscription: ReturnType<Corridor['subscribeAlerts']>): Promise<void> {
    try {
      for await (const { alert } of subscription) {
        if (alert !== undefined) this.#received.set(alert.name, alert);
        this.#awaited.changed();
      }
    } catch (error) {
      this.#awaited.failed(CorridorError.from(error));
    }
  }
}
