import type { Mask } from '@corridor/disclosure';
import { keyedClass, type Category, type Handling, type KeyedClass } from '@corridor/policy';
import type { Outcome, VersionPlace } from './thread.ts';
import type { Update, UpdateBatch } from './update.ts';

/** An earlier version of a report, as views of its later versions need it. */
export interface EarlierVersion {
  readonly update: Update;
  readonly threshold: number;
  readonly handling: Handling;
  readonly category: Category;
  readonly at: VersionPlace;
  /** When it was published, ms since the epoch. */
  readonly time: number;
}

/** A version as later ones see it. */
export const asEarlier = (
  { partition, offset, time }: Pick<RecordPlace, 'partition' | 'offset' | 'time'>,
  { threshold, handling, category }: UpdateBatch,
  update: Update,
  index: number,
): EarlierVersion => ({ update, threshold, handling, category, at: { partition, offset, index }, time });

/** One update of a folded record with everything a view of it is made from. */
export interface FoldedUpdate {
  readonly update: Update;
  readonly outcome: Outcome;
  /** What masked views hide; absent where there is no table to mask. */
  readonly mask?: Mask;
  /** All earlier versions, oldest first; `gone` when their key was destroyed. */
  readonly earlier: readonly EarlierVersion[] | 'gone';
}

/** Updates of one record that are decided alike. */
export interface ClassGroup extends KeyedClass {
  /** Indexes of its accepted updates, ascending. */
  readonly indexes: readonly number[];
  /** The indexes as a text. */
  readonly indexKey: string;
}

interface RecordPlace {
  readonly partition: number;
  readonly offset: number;
  /** Id of its envelope. */
  readonly id: string;
  /** When it was published, ms since the epoch. */
  readonly time: number;
  /** Bytes of its envelope. */
  readonly size: number;
  /** What whoever delivers it follows from (W3C Trace Context); absent where that is not sampled, or no longer known. */
  readonly traceparent?: string;
}

/** A record of corridor.updates.v1, opened once, folded once, masked once. */
export interface ReadableRecord extends RecordPlace {
  readonly kind: 'readable';
  /** Id of the data key it was opened with. */
  readonly keyId: string;
  readonly batch: UpdateBatch;
  readonly updates: readonly FoldedUpdate[];
  readonly groups: readonly ClassGroup[];
}

/** A record whose data key was destroyed: it keeps its place and shows nothing. */
export interface GoneRecord extends RecordPlace {
  readonly kind: 'gone';
}

export type FoldedRecord = ReadableRecord | GoneRecord;

/** One version of a report: an update of a record. */
export interface VersionOfReport {
  readonly record: ReadableRecord;
  readonly index: number;
}

/** Groups the accepted updates of a batch by area: the one part of the class in which updates of a batch can differ. */
export function classGroups(batch: UpdateBatch, updates: readonly FoldedUpdate[]): readonly ClassGroup[] {
  const byArea = new Map<string, number[]>();
  updates.forEach(({ update, outcome }, index) => {
    if (outcome.kind !== 'accepted') return;
    const indexes = byArea.get(update.place.id);
    if (indexes === undefined) byArea.set(update.place.id, [index]);
    else indexes.push(index);
  });
  const { owner, series, category, handling } = batch;
  return [...byArea].map(([area, indexes]) => ({
    ...keyedClass({ owner, series, category, handling, area }),
    indexes,
    indexKey: indexes.join(),
  }));
}
