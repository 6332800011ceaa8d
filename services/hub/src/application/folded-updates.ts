import type { AgencyId, SeriesId, Uuid } from '@corridor/kernel';
import type { FoldedRecord, FoldedUpdate, ReadableRecord, VersionOfReport } from '../domain/folded-record.ts';
import type { UpdateBatch } from '../domain/update.ts';

/** What a reader gets from the records at hand: the next ones in the order of folding, or that it fell behind. */
export type Recent =
  | { readonly kind: 'records'; readonly records: readonly FoldedRecord[]; readonly next: number }
  | { readonly kind: 'behind' };

/**
 * corridor.updates.v1 as this process has folded it: the newest records at hand, all earlier ones in the archive.
 *
 * - A record MUST be folded once, in the order of its partition, and be at hand or in the archive from then on.
 * - `recent(from)` MUST return records in the order of folding, without gaps from sequence number `from` on.
 * - `atHandFrom` MUST be, per partition, an offset at or below which the archive holds everything.
 */
export interface FoldedUpdates {
  /** Per partition the next offset to be folded. */
  readonly offsets: readonly number[];
  /** The sequence number of the next record to be folded. */
  readonly head: number;
  /** The sequence number of the first record at hand. */
  readonly tail: number;
  /** Per partition, the lowest offset at hand; what is before it is in the archive. */
  atHandFrom(): readonly number[];
  /** @throws UNAVAILABLE, or why folding ended, when there will be no more. */
  recent(from: number, limit: number): Recent;
  /** Resolves when at least one more record was folded, and in any case within a fifth of a second. */
  readonly pulse: Promise<void>;
  /** Per partition the end of the log, that of records not yet folded here included. */
  end(): Promise<readonly number[]>;
  /**
   * Archived records of a partition with offsets from `offset` to below `offset + limit`, ascending. Records whose key was
   * destroyed before they were folded are missing.
   */
  stored(partition: number, offset: number, limit: number): Promise<readonly FoldedRecord[]>;
  /** Whether the data key of a record is still there, as far as this process knows. Asked last before anything is shown. */
  isLegible(record: ReadableRecord): boolean;
  /** The same, from the store of keys where the memory does not say. */
  becomesLegible(record: ReadableRecord): Promise<boolean>;
  /**
   * Resolves when everything that stood in the log at the call is folded here: what any replica has acknowledged before.
   * @throws CorridorError UNAVAILABLE when that takes too long
   */
  caughtUp(): Promise<void>;
  /** Resolves when everything folded before the call is archived, or the archive is stuck because the disk is full. */
  archived(): Promise<void>;
  /** The newest version of a report; `gone` when its key was destroyed, undefined when there is none. */
  current(owner: AgencyId, series: SeriesId, update: Uuid): Promise<VersionOfReport | 'gone' | undefined>;
  /** The updates of these records, archived or at hand, that are the newest versions of their reports: one look-up for all. */
  newestOf(records: readonly ReadableRecord[]): Promise<ReadonlySet<FoldedUpdate>>;
  /** What would come of a batch if it were the next record; nothing changes. */
  hypothetical(batch: UpdateBatch): Promise<ReadableRecord>;
  /** Resolves with the record when it is folded. @throws UNAVAILABLE when the fold ended first. */
  settled(partition: number, offset: number): Promise<FoldedRecord>;
}
