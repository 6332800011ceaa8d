import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '@corridor/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Documents, DocumentStore, PagePosition } from './documents.ts';
import { pickPage } from './pick-page.ts';
import { openSqliteDocuments } from './sqlite/sqlite-document-store.ts';
import { storedJson } from './stored-json.ts';

const TOTAL = 4500;

let folder: string;
let database: Database;
let store: DocumentStore;
let numbers: Documents<number>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-pick-page-'));
  database = await Database.open(join(folder, 'corridor.db'));
  store = await openSqliteDocuments(database);
  numbers = await store.collection<number>({ name: 'numbers', ...storedJson<number>(), indexes: { order: (value) => [String(value).padStart(5, '0')] } });
  await numbers.putAll(Array.from({ length: TOTAL }, (_, value) => ({ kind: 'put', id: String(value), doc: value }) as const));
});

afterAll(async () => {
  await store.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

/** All pages of what is wanted, and how many documents each looked at. */
async function pages(isWanted: (value: number) => boolean, size: number, content: unknown = '') {
  const found: { readonly items: readonly number[]; readonly looked: number }[] = [];
  let after: PagePosition | undefined;
  do {
    let looked = 0;
    const pick = (value: number): Promise<number | undefined> => Promise.resolve((looked += 1) && isWanted(value) ? value : undefined);
    const page = await pickPage(numbers, { index: 'order', range: { from: '' }, after, order: 'ascending', size }, pick, () => content);
    found.push({ items: page.items, looked });
    after = page.next;
  } while (after !== undefined);
  return found;
}

describe('pages of what is picked', () => {
  it.each([7, 99, 100, 101, 450, 4499, 4500, 4501])('hold each once and in order, of size %i', async (size) => {
    const all = await pages((value) => value % 3 === 0 || value > 4400, size);
    expect(all.flatMap(({ items }) => items)).toEqual(Array.from({ length: TOTAL }, (_, value) => value).filter((value) => value % 3 === 0 || value > 4400));
    expect(Math.max(...all.map(({ items }) => items.length))).toBeLessThanOrEqual(size);
  });

  it('look at no more than 2,000 documents, and go on from there', async () => {
    expect(await pages((value) => value === 4000, 10)).toEqual([
      { items: [], looked: 2000 },
      { items: [], looked: 2000 },
      { items: [4000], looked: 500 },
    ]);
  });

  it('are given out when they hold 2 MB, with one more than that at the most', async () => {
    const all = await pages((value) => value < 7, 100, 'x'.repeat(900_000));
    expect(all.flatMap(({ items }) => (items.length === 0 ? [] : [items.length]))).toEqual([3, 3, 1]);
  });

  it('leave others their turn of the event loop when nothing is picked', async () => {
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await pickPage(numbers, { index: 'order', range: { from: '' }, after: undefined, order: 'ascending', size: 50 }, () => Promise.resolve(undefined), () => '');
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(20);
  });
});
