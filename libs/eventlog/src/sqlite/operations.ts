import type { DatabaseSync } from 'node:sqlite';
import { CorridorError } from '@corridor/kernel';
import { blob, type ByteReader, type ByteWriter, integer, type Operations, text } from '@corridor/sqlite';
import { MAX_PARTITION_ID, SPAN, TABLES } from './layout.ts';
import { recordTime, TIME_BYTES } from './record.ts';

/** The writes of the log; runs on the writing thread. */
export function open(db: DatabaseSync): Operations {
  db.exec(TABLES);
  const insert = db.prepare('INSERT INTO log_record (position, record) VALUES (?, ?)');
  const begins = db.prepare('SELECT begin FROM log_partition WHERE id = ?');
  const last = db.prepare('SELECT max(position) AS position FROM log_record WHERE position >= ? AND position < ?');
  const keep = db.prepare(
    `INSERT INTO log_group_position (group_name, partition, next) VALUES (?, ?, ?)
     ON CONFLICT (group_name, partition) DO UPDATE SET next = excluded.next`,
  );
  const oldest = db.prepare(
    `SELECT position, substr(record, 1, ${TIME_BYTES}) AS time FROM log_record
     WHERE position >= ? AND position < ? ORDER BY position LIMIT ?`,
  );
  const drop = db.prepare('DELETE FROM log_record WHERE position >= ? AND position < ?');
  const moveBegin = db.prepare('UPDATE log_partition SET begin = ? WHERE id = ?');
  /** Per partition id the next position to write. */
  const nextPositions = new Map<number, number>();

  function nextPosition(id: number): number {
    const known = nextPositions.get(id);
    if (known !== undefined) return known;
    const base = id * SPAN;
    const position = last.get(base, base + SPAN)?.['position'];
    const next = typeof position === 'number' ? position + 1 : base + integer(begins.get(id) ?? {}, 'begin');
    nextPositions.set(id, next);
    return next;
  }

  /** u32 count; per record u16 partition id, u32 length, record -> per record u53 offset */
  function append(request: ByteReader, reply: ByteWriter): void {
    for (let left = request.u32(); left > 0; left -= 1) {
      const id = request.u16();
      const position = nextPosition(id);
      insert.run(position, request.bytes());
      nextPositions.set(id, position + 1);
      reply.u53(position - id * SPAN);
    }
  }

  /** group; until the end: u16 partition id, u53 next offset */
  function keepPositions(request: ByteReader): void {
    const group = request.text();
    while (!request.atEnd) keep.run(group, request.u16(), request.u53());
  }

  /** u16 partition id, u53 time, u32 most records to look at -> u53 begin, u8 whether there may be more to drop */
  function expire(request: ByteReader, reply: ByteWriter): void {
    const id = request.u16();
    const before = request.u53();
    const most = request.u32();
    const base = id * SPAN;
    const from = base + integer(begins.get(id) ?? {}, 'begin');
    let to = from;
    let seen = 0;
    for (const row of oldest.iterate(from, base + SPAN, most)) {
      if (recordTime(blob(row, 'time')) >= before) break;
      to = integer(row, 'position') + 1;
      seen += 1;
    }
    if (to > from) {
      drop.run(from, to);
      moveBegin.run(to - base, id);
    }
    reply.u53(to - base);
    reply.u8(seen === most ? 1 : 0);
  }

  return {
    list: [(request, reply) => declare(db, request, reply), append, keepPositions, expire],
    undone: () => nextPositions.clear(),
  };
}

/**
 * u32 count; per topic its name and u16 partitions -> per topic and partition u16 id, u53 begin, u53 end.
 * Refuses what differs from the file before anything is written.
 */
function declare(db: DatabaseSync, request: ByteReader, reply: ByteWriter): void {
  const declared = new Map<string, number>();
  for (let left = request.u32(); left > 0; left -= 1) declared.set(request.text(), request.u16());
  const known = new Map<string, number>();
  for (const row of db.prepare('SELECT name, partitions FROM log_topic').all()) {
    known.set(text(row, 'name'), integer(row, 'partitions'));
  }
  refuseDifferences(declared, known);
  const addTopic = db.prepare('INSERT INTO log_topic (name, partitions) VALUES (?, ?)');
  const addPartition = db.prepare('INSERT INTO log_partition (topic, partition, begin) VALUES (?, ?, 0)');
  for (const [name, partitions] of declared) {
    if (known.has(name)) continue;
    const topic = Number(addTopic.run(name, partitions).lastInsertRowid);
    for (let partition = 0; partition < partitions; partition += 1) addPartition.run(topic, partition);
  }
  const stored = db.prepare(
    `SELECT p.id, p.begin, (SELECT max(position) FROM log_record WHERE position >= p.id * ${SPAN} AND position < (p.id + 1) * ${SPAN}) AS last
     FROM log_partition p JOIN log_topic t ON t.id = p.topic WHERE t.name = ? ORDER BY p.partition`,
  );
  for (const name of declared.keys()) {
    for (const row of stored.all(name)) {
      const id = integer(row, 'id');
      const begin = integer(row, 'begin');
      reply.u16(id);
      reply.u53(begin);
      reply.u53(row['last'] === null ? begin : integer(row, 'last') - id * SPAN + 1);
    }
  }
}

function refuseDifferences(declared: ReadonlyMap<string, number>, known: ReadonlyMap<string, number>): void {
  for (const [name, partitions] of known) {
    const now = declared.get(name);
    if (now === undefined) throw new CorridorError('CONFIG_INVALID', `the log holds topic ${name}, which is no longer declared`);
    if (now !== partitions) {
      throw new CorridorError('CONFIG_INVALID', `topic ${name} has ${partitions} partitions in the log and ${now} as declared`);
    }
  }
  const all = [...declared.values()].reduce((sum, partitions) => sum + partitions, 0);
  if (all > MAX_PARTITION_ID) throw new CorridorError('CONFIG_INVALID', `the log has room for ${MAX_PARTITION_ID} partitions`);
}
