import { randomInt } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { view } from '@corridor/kernel';
import { leafHash } from '@corridor/merkle';
import { TOPICS } from '@corridor/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reasonOf, TestNode } from './node.testing.ts';
import { withDigest } from './projections/checked-bytes.ts';

const seed = Number(process.env['CORRIDOR_SEED'] ?? randomInt(2 ** 31));
/** Bytes that the log's adapter puts before a record: when it was appended, for retention. No copy of it exists. */
const APPEND_TIME = 8;
const SAMPLES = 20;

let node: TestNode;
beforeEach(async () => {
  node = new TestNode();
  await node.open();
});
afterEach(() => node.remove());

/** Numbers below `n` that a seed repeats (mulberry32). */
function numbers(from: number): (n: number) => number {
  let state = from;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

interface Cell {
  readonly what: string;
  readonly rowid: number;
  readonly update: string;
  readonly bytes: Uint8Array;
  readonly skip: number;
}

const LEAVES = 600;

/** Every stored byte string of the log, and of the bodies of batches, tiles and checkpoints. */
function cells(db: DatabaseSync): readonly Cell[] {
  const records = db.prepare('SELECT position AS rowid, record AS bytes FROM log_record').all();
  const bodies = db
    .prepare(`SELECT d.rowid AS rowid, d.body AS bytes, c.name AS name FROM document d JOIN document_collection c ON c.id = d.collection WHERE c.name LIKE 'audit.%'`)
    .all();
  return [
    ...records.map((row) => ({ ...cell(row), what: 'record', update: 'UPDATE log_record SET record = ? WHERE position = ?', skip: APPEND_TIME })),
    ...bodies.map((row) => ({ ...cell(row), what: String(row['name']), update: 'UPDATE document SET body = ? WHERE rowid = ?', skip: 0 })),
  ];
}

const cell = (row: Record<string, unknown>): { readonly rowid: number; readonly bytes: Uint8Array } => ({
  rowid: Number(row['rowid']),
  bytes: row['bytes'] as Uint8Array,
});

/** What notices a change of the closed database: the start of the service, or a check of the log. */
async function noticed(): Promise<boolean> {
  await node.open();
  const audit = await node.build();
  const refused = await reasonOf(audit.service.start());
  const found = refused === 'none' && (await audit.findings()).length > 0;
  await node.close();
  return refused !== 'none' || found;
}

describe('a changed byte', () => {
  it(`of a record, batch, tile or checkpoint is found at start or by a check of the log (seed ${seed})`, async () => {
    const audit = await node.start();
    await node.append(TOPICS.updates.name, ...Array.from({ length: LEAVES - 100 }, (_, i) => `agency-${i % 7}/series`));
    await audit.published(LEAVES - 100);
    await node.append(TOPICS.record.name, ...Array.from({ length: 100 }, (_, i) => `agency-${i}`));
    await audit.published(LEAVES);
    await node.close();
    expect(await noticed()).toBe(false);

    const below = numbers(seed);
    const db = new DatabaseSync(node.file);
    const all = cells(db);
    db.close();
    const kinds = [...new Set(all.map(({ what }) => what))];
    expect(kinds.toSorted()).toEqual(['audit.1.batches', 'audit.1.checkpoints', 'audit.1.tiles', 'audit.log', 'record']);
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const ofKind = all.filter(({ what }) => what === kinds[sample % kinds.length]);
      const chosen = ofKind[below(ofKind.length)];
      if (chosen === undefined) throw new Error('no cell');
      const at = chosen.skip + below(chosen.bytes.length - chosen.skip);
      put(chosen, flipped(chosen.bytes, at, 1 << below(8)));
      expect(await noticed(), `${chosen.what} ${chosen.rowid}, byte ${at}`).toBe(true);
      put(chosen, chosen.bytes);
    }
    expect(await noticed()).toBe(false);
  });

  it('is found also where whoever changed it wrote a new digest behind it', async () => {
    const audit = await node.start();
    await node.append(TOPICS.record.name, ...Array.from({ length: LEAVES }, () => 'unhcr'));
    await audit.published(LEAVES);
    await node.close();
    const db = new DatabaseSync(node.file);
    const all = cells(db);
    db.close();
    const forge = ({ bytes }: Cell): Uint8Array => {
      const content = bytes.subarray(0, -32);
      return withDigest(flipped(content, content.length >> 1));
    };
    const documents = all.filter(({ what }) => what !== 'record');
    for (const document of documents) {
      put(document, forge(document));
      expect(await noticed(), document.what).toBe(true);
      put(document, document.bytes);
    }
    // A change in batches and tiles alike makes a tree that fits itself, and not what was signed.
    for (const document of documents.filter(({ what }) => what.startsWith('audit.1.') && !what.endsWith('.checkpoints'))) put(document, forge(document));
    expect(await noticed()).toBe(true);
  });

  it('is named for what it is, also when it is changed under a running node', async () => {
    const audit = await node.start();
    const positions = await node.append(TOPICS.registry.name, ...Array.from({ length: 300 }, () => 'agencies/unhcr'));
    await audit.published(positions.length);
    const db = new DatabaseSync(node.file);
    const all = cells(db);
    db.close();
    const [record] = all.filter(({ what }) => what === 'record');
    const [tile] = all.filter(({ what }) => what === 'audit.1.tiles');
    const [batch] = all.filter(({ what }) => what === 'audit.1.batches');
    if (record === undefined || tile === undefined || batch === undefined) throw new Error('no cells');

    const forged = flipped(record.bytes, record.bytes.length - 1);
    put(record, forged);
    expect(await audit.findings()).toEqual([`${TOPICS.registry.name} 0:0: the stored record does not hash to its leaf`]);

    // The leaf follows the record, in tile and batch: what is left is that nobody signed this tree.
    const stored = await node.store.log.read(TOPICS.registry.name, { partition: 0, offset: 0 }, 1);
    const leaf = leafHash(stored[0]?.envelope ?? new Uint8Array());
    put(batch, withDigest(withLeaf(batch.bytes, leaf, 0, view(batch.bytes).readUInt32BE() + 4)));
    expect((await audit.findings())[0]).toBe('tile 0/0 does not hold the hashes of its leaves');
    put(tile, withDigest(withLeaf(tile.bytes, leaf, 0, 9)));
    const findings = await audit.findings();
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) expect(finding).toMatch(/^the (newest|published) checkpoint of \d+ leaves is signed for another root$/);
  });

  it('of the index by which proofs find their record is found by a check of the log', async () => {
    const audit = await node.start();
    await node.append(TOPICS.record.name, ...Array.from({ length: 20 }, (_, i) => `agency-${i}`));
    await audit.published(20);
    await node.close();
    const db = new DatabaseSync(node.file);
    const entries = db.prepare("SELECT e.key AS key, i.id AS id FROM document_entry e JOIN document_index i ON i.id = e.index_id WHERE i.name = 'position'").all();
    expect(entries.length).toBeGreaterThan(1);
    const entry = entries[numbers(seed)(entries.length)];
    const key = Buffer.from(entry?.['key'] as Uint8Array);
    key[key.length - 1] = (key.at(-1) ?? 0) ^ 1;
    db.prepare('UPDATE document_entry SET key = ? WHERE index_id = ? AND key = ?').run(key, Number(entry?.['id']), entry?.['key'] as Uint8Array);
    db.close();
    expect(await noticed()).toBe(true);
  });
});

/** The bytes with one of them changed in the bits of `mask`. */
function flipped(bytes: Uint8Array, at: number, mask = 1): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ mask;
  return changed;
}

/** The content of a stored document, without its digest, in which leaf `index` of those behind `header` bytes is another. */
function withLeaf(stored: Uint8Array, leaf: Uint8Array, index: number, header: number): Uint8Array {
  const content = Uint8Array.from(stored.subarray(0, -32));
  content.set(leaf, header + 32 * index);
  return content;
}

function put({ update, rowid }: Cell, bytes: Uint8Array): void {
  const db = new DatabaseSync(node.file);
  db.prepare(update).run(bytes, rowid);
  db.close();
}
