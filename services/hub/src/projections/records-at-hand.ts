import type { FoldedRecord } from '../domain/folded-record.ts';

/** How many records, and updates and bytes of envelopes in them, stay at hand once they are archived. */
export interface AtHandLimits {
  readonly records: number;
  readonly updates: number;
  readonly bytes: number;
}

/** The newest folded records, in the order of folding, numbered from 0 on. */
export class RecordsAtHand {
  readonly #limits: AtHandLimits;
  readonly #byPlace: readonly Map<number, FoldedRecord>[];
  #records: FoldedRecord[] = [];
  #tail = 0;
  #updates = 0;
  #bytes = 0;

  constructor(partitions: number, limits: AtHandLimits) {
    this.#limits = limits;
    this.#byPlace = Array.from({ length: partitions }, () => new Map<number, FoldedRecord>());
  }

  /** The number of the next record. */
  get head(): number {
    return this.#tail + this.#records.length;
  }

  /** The number of the oldest record. */
  get tail(): number {
    return this.#tail;
  }

  push(record: FoldedRecord): void {
    this.#records.push(record);
    this.#updates += updatesIn(record);
    this.#bytes += record.size;
    this.#byPlace[record.partition]?.set(record.offset, record);
  }

  at(partition: number, offset: number): FoldedRecord | undefined {
    return this.#byPlace[partition]?.get(offset);
  }

  /** Per partition the lowest offset at hand; where there is none, the next one to come. */
  lowest(next: readonly number[]): readonly number[] {
    return this.#byPlace.map((records, p) => {
      for (const offset of records.keys()) return offset;
      return next[p] ?? 0;
    });
  }

  /** At most `limit` records from number `from` on, which is not below the tail. */
  slice(from: number, limit: number): readonly FoldedRecord[] {
    return this.#records.slice(from - this.#tail, from - this.#tail + limit);
  }

  /** Whether there are more than so many times what may stay. */
  exceeds(factor: number): boolean {
    return this.#isOver(factor, this.#records.length, this.#updates, this.#bytes);
  }

  /** Drops the oldest records below number `before` until no more are at hand than may stay. */
  drop(before: number): void {
    let dropped = 0;
    while (this.#tail + dropped < before && this.#isOver(1, this.#records.length - dropped, this.#updates, this.#bytes)) {
      const record = this.#records[dropped];
      if (record === undefined) break;
      this.#updates -= updatesIn(record);
      this.#bytes -= record.size;
      this.#byPlace[record.partition]?.delete(record.offset);
      dropped += 1;
    }
    if (dropped === 0) return;
    this.#records.splice(0, dropped);
    this.#tail += dropped;
  }

  #isOver(factor: number, records: number, updates: number, bytes: number): boolean {
    const limits = this.#limits;
    return records > factor * limits.records || updates > factor * limits.updates || bytes > factor * limits.bytes;
  }
}

/** How many updates a record holds. */
export const updatesIn = (record: FoldedRecord): number => (record.kind === 'readable' ? record.updates.length : 0);
