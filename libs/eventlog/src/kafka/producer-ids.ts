import type { ProducerId, Wire } from './wire.ts';

/** The producer's number, one for all topics of a log, replaced when it can no longer be used. */
export class ProducerIds {
  #current: Promise<ProducerId> | undefined;
  #known: ProducerId | undefined;

  /** @throws what the cluster answers; the next call asks again */
  async current(wire: Pick<Wire, 'producerId'>): Promise<ProducerId> {
    if (this.#known !== undefined) return this.#known;
    this.#current ??= wire.producerId();
    try {
      this.#known = await this.#current;
      return this.#known;
    } finally {
      this.#current = undefined;
    }
  }

  /** What was sent under this number is in doubt, and no more is sent under it. */
  forget(id: ProducerId): void {
    if (this.#known === id) this.#known = undefined;
  }
}
