import type { DatabaseSync } from 'node:sqlite';
import { CorridorError } from '@corridor/kernel';
import { type ByteReader, type ByteWriter, integer, text } from '@corridor/sqlite';
import { isPartnerTopic } from '../partner-topics.ts';
import { MAX_PARTITION_ID, SPAN } from './layout.ts';

/** Which topics and partitions the file has; runs on the writing thread. */

/**
 * u32 count; per topic its name and u16 partitions -> per topic its partitions, then u32 count of the topics of partners,
 * and of each its name, u16 partitions and its partitions. Refuses what differs from the file before anything is written.
 */
export function declare(db: DatabaseSync, request: ByteReader, reply: ByteWriter): void {
  const declared = new Map<string, number>();
  for (let left = request.u32(); left > 0; left -= 1) declared.set(request.text(), request.u16());
  const known = new Map<string, number>();
  const ofPartners = new Map<string, number>();
  for (const row of db.prepare('SELECT name, partitions FROM log_topic').all()) {
    const name = text(row, 'name');
    (isPartnerTopic(name) ? ofPartners : known).set(name, integer(row, 'partitions'));
  }
  refuseDifferences(declared, known);
  refuseTooMany([...declared.values(), ...ofPartners.values()], 'CONFIG_INVALID');
  for (const [name, partitions] of declared) {
    if (!known.has(name)) addTopic(db, name, partitions);
  }
  for (const name of declared.keys()) writePartitions(db, name, reply);
  reply.u32(ofPartners.size);
  for (const [name, partitions] of ofPartners) {
    reply.text(name);
    reply.u16(partitions);
    writePartitions(db, name, reply);
  }
}

/** name, u16 partitions -> its partitions. Adds the topic when the file does not have it. */
export function provision(db: DatabaseSync, request: ByteReader, reply: ByteWriter): void {
  const name = request.text();
  const partitions = request.u16();
  if (partitionIds(db, name).length === 0) {
    const there = db.prepare('SELECT partitions FROM log_topic').all();
    refuseTooMany([...there.map((row) => integer(row, 'partitions')), partitions], 'STATE_FORBIDS');
    addTopic(db, name, partitions);
  }
  writePartitions(db, name, reply);
}

/** The numbers of a topic's partitions, in order; none when the file does not have it. */
export const partitionIds = (db: DatabaseSync, name: string): readonly number[] =>
  db
    .prepare('SELECT p.id FROM log_partition p JOIN log_topic t ON t.id = p.topic WHERE t.name = ? ORDER BY p.partition')
    .all(name)
    .map((row) => integer(row, 'id'));

/** Removes a topic without records, and where its groups stand. */
export function removeTopic(db: DatabaseSync, name: string, ids: readonly number[]): void {
  const forget = db.prepare('DELETE FROM log_group_position WHERE partition = ?');
  const remove = db.prepare('DELETE FROM log_partition WHERE id = ?');
  for (const id of ids) {
    forget.run(id);
    remove.run(id);
  }
  db.prepare('DELETE FROM log_topic WHERE name = ?').run(name);
}

function addTopic(db: DatabaseSync, name: string, partitions: number): void {
  const topic = Number(db.prepare('INSERT INTO log_topic (name, partitions) VALUES (?, ?)').run(name, partitions).lastInsertRowid);
  // The lowest number that is free: there are not many, and topics of partners come and go.
  const add = db.prepare(
    `INSERT INTO log_partition (id, topic, partition, begin)
     SELECT min(free.id), ?, ?, 0 FROM (SELECT 1 AS id UNION ALL SELECT id + 1 FROM log_partition) free
     WHERE free.id NOT IN (SELECT id FROM log_partition)`,
  );
  for (let partition = 0; partition < partitions; partition += 1) add.run(topic, partition);
}

/** Per partition of the topic u16 id, u53 begin, u53 end. */
function writePartitions(db: DatabaseSync, name: string, reply: ByteWriter): void {
  const stored = db.prepare(
    `SELECT begin, (SELECT max(position) FROM log_record WHERE position >= p.id * ${SPAN} AND position < (p.id + 1) * ${SPAN}) AS last
     FROM log_partition p WHERE id = ?`,
  );
  for (const id of partitionIds(db, name)) {
    const row = stored.get(id) ?? {};
    const begin = integer(row, 'begin');
    reply.u16(id);
    reply.u53(begin);
    reply.u53(row['last'] === null ? begin : integer(row, 'last') - id * SPAN + 1);
  }
}

function refuseDifferences(declared: ReadonlyMap<string, number>, known: ReadonlyMap<string, number>): void {
  const partners = [...declared.keys()].find(isPartnerTopic);
  if (partners !== undefined) throw new CorridorError('CONFIG_INVALID', `topic ${partners} is a partner's: it is provisioned, not declared`);
  for (const [name, partitions] of known) {
    const now = declared.get(name);
    if (now === undefined) throw new CorridorError('CONFIG_INVALID', `the log holds topic ${name}, which is no longer declared`);
    if (now !== partitions) {
      throw new CorridorError('CONFIG_INVALID', `topic ${name} has ${partitions} partitions in the log and ${now} as declared`);
    }
  }
}

function refuseTooMany(partitions: readonly number[], reason: 'CONFIG_INVALID' | 'STATE_FORBIDS'): void {
  const all = partitions.reduce((sum, each) => sum + each, 0);
  if (all > MAX_PARTITION_ID) throw new CorridorError(reason, `the log has room for ${MAX_PARTITION_ID} partitions`);
}
