import type { Corridor } from '@corridor/client';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { idOf } from './community.ts';

export interface ReadingOptions {
  readonly from?: 'now' | 'beginning';
  readonly cursor?: Uint8Array;
  /** Of these series only. */
  readonly series: string;
}

/** What a subscriber receives at one replica, until it is stopped. */
export class Reading {
  /** Ids in the order of their arrival. */
  readonly ids: string[] = [];
  /** Those that came behind the last mark: they come again to whoever goes on from there. */
  unmarked: readonly string[] = [];
  readonly #stop = new AbortController();
  readonly #subscription;
  readonly #done: Promise<void>;

  constructor(corridor: Corridor, { series, ...start }: ReadingOptions) {
    const filter = { owners: [], series: [`agencies/alpha/series/${series}`], categories: [], areas: [] };
    this.#subscription = corridor.subscribe({ purpose: Purpose.PURPOSE_PLANNING, filter, signal: this.#stop.signal, ...start });
    this.#done = this.#read();
  }

  get connected(): boolean {
    return this.#subscription.connected;
  }

  get cursor(): Uint8Array | undefined {
    return this.#subscription.cursor;
  }

  /** Ends it; where to go on. */
  async stop(): Promise<Uint8Array | undefined> {
    this.#stop.abort();
    await this.#done;
    return this.cursor;
  }

  async #read(): Promise<void> {
    let cursor: Uint8Array | undefined;
    for await (const { batch } of this.#subscription) {
      if (this.cursor !== cursor) this.unmarked = [];
      cursor = this.cursor;
      for (const { name } of batch.updates) {
        this.ids.push(idOf(name));
        this.unmarked = [...this.unmarked, idOf(name)];
      }
    }
  }
}
