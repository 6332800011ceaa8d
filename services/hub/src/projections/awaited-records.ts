import type { DataKey } from '@corridor/runtime';
import type { FoldedRecord } from '../domain/folded-record.ts';
import type { UpdateBatch } from '../domain/update.ts';

/** Of how many records under way is remembered what they hold, and what they came to. */
const MOST = 8192;

/** A record's content and the key it is sealed under. */
export interface Opened {
  readonly batch: UpdateBatch;
  readonly key: DataKey;
}

/** The records that this process appends, between sealing them and telling their publishers what they came to. */
export class AwaitedRecords {
  /** By the id of its envelope, what was sealed and not read back. */
  readonly #sealed = new Map<string, Opened>();
  /** By its place, what was folded before the log said that it stands there. */
  readonly #early = new Map<string, FoldedRecord>();
  /** By its place, who waits for what is folded there. */
  readonly #waiting = new Map<string, PromiseWithResolvers<FoldedRecord>>();

  /** Tells what stands in a record that is about to be appended. */
  expect(id: string, opened: Opened): void {
    remember(this.#sealed, id, opened);
  }

  /** What stands in the record of this id; undefined for one that another process sealed. */
  sealedHere(id: string): Opened | undefined {
    return this.#sealed.get(id);
  }

  /** A record was folded. */
  folded(record: FoldedRecord): void {
    const isOurs = this.#sealed.delete(record.id);
    const place = placeOf(record.partition, record.offset);
    const waiting = this.#waiting.get(place);
    this.#waiting.delete(place);
    if (waiting !== undefined) waiting.resolve(record);
    // Reading may be faster than the acknowledgement, and when that comes the record may be at hand no more.
    else if (isOurs) remember(this.#early, place, record);
  }

  /** The record of a place, if it was folded before it was asked for. */
  early(partition: number, offset: number): FoldedRecord | undefined {
    const place = placeOf(partition, offset);
    const record = this.#early.get(place);
    this.#early.delete(place);
    return record;
  }

  /** Resolves with the record of a place when it is folded. */
  settled(partition: number, offset: number): Promise<FoldedRecord> {
    const place = placeOf(partition, offset);
    const waiting = this.#waiting.get(place) ?? Promise.withResolvers<FoldedRecord>();
    this.#waiting.set(place, waiting);
    return waiting.promise;
  }

  /** Nothing more will be folded. */
  refuse(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

const placeOf = (partition: number, offset: number): string => `${partition}/${offset}`;

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  if (map.size <= MOST) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
