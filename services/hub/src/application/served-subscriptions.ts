import type { AgencyId } from '@corridor/kernel';
import { gauge, SpanBudget } from '@corridor/telemetry';
import type { Destination } from './traced-deliveries.ts';

/** A subscription as whoever measures sees it. */
export interface ServedSubscription extends Pick<Destination, 'agency' | 'channel'> {
  /** By how many records it is behind what is folded. */
  lag(): number;
}

/** The subscriptions that this hub serves, counted by agency: how many, and how far the slowest is behind. */
export class ServedSubscriptions {
  /** Of the spans of deliveries, for all of them together. */
  readonly spans = new SpanBudget();
  readonly #served = new Set<ServedSubscription>();
  /** Where there was one before: that there is none any more is told, too. */
  readonly #seen = new Map<string, { readonly agency: AgencyId; readonly channel: Destination['channel'] }>();
  #forget: readonly (() => void)[] = [];

  /** Counts a subscription until the returned function is called. */
  enter(subscription: ServedSubscription): () => void {
    const { agency, channel } = subscription;
    this.#served.add(subscription);
    this.#seen.set(`${channel}/${agency}`, { agency, channel });
    return () => {
      this.#served.delete(subscription);
    };
  }

  start(): void {
    this.#forget = [
      gauge('corridor.subscriptions', () => this.#read((those) => those.length)),
      gauge('corridor.delivery.lag', () => this.#read((those) => those.reduce((most, one) => Math.max(most, one.lag()), 0))),
    ];
  }

  stop(): void {
    for (const forget of this.#forget) forget();
  }

  #read(value: (those: readonly ServedSubscription[]) => number) {
    return [...this.#seen.values()].map(({ agency, channel }) => ({
      value: value([...this.#served].filter((one) => one.agency === agency && one.channel === channel)),
      labels: { 'corridor.agency': agency, 'corridor.channel': channel },
    }));
  }
}
