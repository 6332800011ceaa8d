/*
 * Readers of what JSON.parse gives. Each throws TypeError when the value is of another form; whoever reads a stored
 * document turns that into DATABASE_DAMAGED.
 */

export function recordIn(value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not an object');
  return new Map<string, unknown>(Object.entries(value));
}

export function listIn(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value;
}

export function textIn(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}

/** A whole number from 0 to 2^53-1. */
export function countIn(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new TypeError('not a count');
  return value;
}
