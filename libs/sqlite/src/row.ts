import type { SQLOutputValue } from 'node:sqlite';
import { CorridorError } from '@corridor/kernel';

type Row = Readonly<Record<string, SQLOutputValue>>;

const damaged = (column: string): CorridorError =>
  new CorridorError('DATABASE_DAMAGED', `column ${column} holds a value of another type`);

/** The integer in a column. @throws CorridorError DATABASE_DAMAGED when it holds anything else. */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw damaged(column);
  return value;
}

/** The text in a column. @throws CorridorError DATABASE_DAMAGED when it holds anything else. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw damaged(column);
  return value;
}

/** The bytes in a column. @throws CorridorError DATABASE_DAMAGED when it holds anything else. */
export function blob(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw damaged(column);
  return value;
}
