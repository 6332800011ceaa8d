import type { StatementSync } from 'node:sqlite';
import { CorridorError } from '@corridor/kernel';
import { blob, type Database, integer } from '@corridor/sqlite';
import type { StoredRecord } from '../event-log.ts';
import { beyondEnd, expired, unknownPartition } from '../refusals.ts';
import { SPAN } from './layout.ts';
import { decodeRecord } from './record.ts';
import type { OpenTopic } from './topic.ts';

/** One read ends after this many bytes, so that it never holds the event loop for long. */
const READ_BYTES = 2 << 20;

/** Reads acknowledged records from the database, a bounded number at a time. */
export class StoredRecords {
  readonly #database: Database;
  readonly #select: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.#select = database.prepare(
      'SELECT position, record FROM log_record WHERE position >= ? AND position < ? ORDER BY position LIMIT ?',
    );
  }

  /**
   * At least one and at most `most` records of a partition from `offset` on; none only at its end.
   * @throws CorridorError RECORDS_EXPIRED below the begin, LOG_INCOMPLETE beyond the end, DATABASE_DAMAGED
   */
  read(topic: OpenTopic, partition: number, offset: number, most: number): readonly StoredRecord[] {
    const open = topic.partitions[partition];
    if (open === undefined) throw unknownPartition(topic.spec.name, partition);
    if (offset < open.begin) throw expired(topic.spec.name, partition, offset, open.begin);
    if (offset > open.end) throw beyondEnd(topic.spec.name, partition, offset, open.end);
    if (offset === open.end) return [];
    const base = open.id * SPAN;
    return this.#database.read(() => {
      const records: StoredRecord[] = [];
      let bytes = 0;
      for (const row of this.#select.iterate(base + offset, base + open.end, most)) {
        const found = integer(row, 'position') - base;
        if (found !== offset + records.length) break;
        const record = blob(row, 'record');
        records.push(decodeRecord(record, topic.spec.name, partition, found));
        bytes += record.length;
        if (bytes >= READ_BYTES) break;
      }
      if (records.length === 0) {
        throw new CorridorError('DATABASE_DAMAGED', `record ${offset} of partition ${partition} of ${topic.spec.name} is missing`);
      }
      return records;
    });
  }
}
