import type { DatabaseSync } from 'node:sqlite';
import { CorridorError } from '@corridor/kernel';
import type { Operations } from './operations.ts';

/** Operations for tests: 0 adds bytes and returns how many rows there are, 1 refuses, 2 adds and then breaks. */
export function open(db: DatabaseSync): Operations {
  db.exec('CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, content BLOB NOT NULL)');
  const insert = db.prepare('INSERT INTO thing (content) VALUES (?)');
  return {
    list: [
      (request, reply) => reply.u53(Number(insert.run(request.rest()).lastInsertRowid)),
      () => {
        throw new CorridorError('VERSION_CONFLICT', 'refused');
      },
      (request) => {
        insert.run(request.rest());
        insert.run(null);
      },
    ],
    undone: () => undefined,
  };
}
