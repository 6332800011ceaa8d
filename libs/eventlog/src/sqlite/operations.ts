import type { DatabaseSync } from 'node:sqlite';
import { blob, type ByteReader, type ByteWriter, integer, type Operations } from '@corridor/sqlite';
import { SPAN, TABLES } from './layout.ts';
import { recordTime, TIME_BYTES } from './record.ts';
import { declare, partitionIds, provision, removeTopic } from './topic-table.ts';

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

  /** name, u32 most records to drop -> u8 whether there is more to drop. Without any left the topic goes. */
  function withdraw(request: ByteReader, reply: ByteWriter): void {
    const name = request.text();
    let left = request.u32();
    const ids = partitionIds(db, name);
    for (const id of ids) {
      const from = id * SPAN + integer(begins.get(id) ?? {}, 'begin');
      const to = Math.min(from + left, nextPosition(id));
      drop.run(from, to);
      moveBegin.run(to - id * SPAN, id);
      left -= to - from;
      if (to < nextPosition(id)) return reply.u8(1);
    }
    removeTopic(db, name, ids);
    for (const id of ids) nextPositions.delete(id);
    reply.u8(0);
  }

  return {
    list: [
      (request, reply) => declare(db, request, reply),
      append,
      keepPositions,
      expire,
      (request, reply) => provision(db, request, reply),
      withdraw,
    ],
    undone: () => nextPositions.clear(),
  };
}
