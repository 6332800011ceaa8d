import { CorridorError, ManualClock } from '@corridor/kernel';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type ContractDoc, contractSpec, event } from '../contract-documents.ts';
import type { CollectionSpec, Documents } from '../documents.ts';
import { every } from '../every.ts';
import { Leases } from '../leases.ts';
import { pickPage } from '../pick-page.ts';
import { prefix } from '../prefix.ts';
import { type Mongo, openMongo } from './connection.ts';
import { dropDatabase, newDatabase, onEachServer } from './engines.testing.ts';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const doc = (text: string, ...tags: readonly string[]): ContractDoc => ({ text, tags });
const put = (id: string, content: ContractDoc) => ({ kind: 'put', id, doc: content }) as const;

onEachServer('replicas over MongoDB', (url) => {
  let database: string;
  let replicas: Mongo[];

  beforeEach(() => {
    database = newDatabase();
    replicas = [];
  });
  afterEach(async () => {
    for (const mongo of replicas) await mongo.close();
    await dropDatabase(url, database);
  });

  async function replica(): Promise<Mongo> {
    const mongo = await openMongo({ url, appName: 'corridor-test' });
    replicas.push(mongo);
    return mongo;
  }
  const documentsOf = async (spec: CollectionSpec<ContractDoc> = contractSpec('things')): Promise<Documents<ContractDoc>> => (await replica()).store(database).collection(spec);

  it('publish every event once or more, in order and by its number, while both commit and both publish', async () => {
    const both = [await documentsOf(), await documentsOf()];
    const [first] = both;
    await first?.create('a', doc('0'));
    const seen = new Map<number, string>();
    let isWriting = true;
    const relays = both.map(async (documents) => {
      for (let shown = await documents.pending(3); isWriting || shown.length > 0; shown = await documents.pending(3)) {
        for (const { id, first: number, events } of shown) {
          for (const [place, { headers }] of events.entries()) {
            expect(seen.get(number + place) ?? headers['ce_id']).toBe(headers['ce_id']);
            seen.set(number + place, headers['ce_id'] ?? '');
          }
          await documents.published(id, number, events.length);
        }
      }
    });
    await Promise.all(
      both.flatMap((documents, who) =>
        numbers(10).map(async (i) => {
          for (;;) {
            const read = await documents.get('a');
            try {
              await documents.commit('a', read?.version ?? 0, doc(`${Number(read?.doc.text) + 1}`), [event('a', `${read?.version}-${who}-${i}`)]);
              return;
            } catch (error) {
              if (!(error instanceof CorridorError) || error.reason !== 'VERSION_CONFLICT') throw error;
            }
          }
        }),
      ),
    );
    isWriting = false;
    await Promise.all(relays);
    expect(await first?.get('a')).toMatchObject({ version: 21, doc: { text: '20' } });
    expect([...seen.keys()].sort((a, b) => a - b)).toEqual(numbers(20).map((i) => i + 1));
    expect([...seen].sort(([a], [b]) => a - b).map(([, id]) => Number(id.split('-')[0]))).toEqual(numbers(20).map((i) => i + 1));
  });

  it('remove events out of order, and go on counting', async () => {
    const documents = await documentsOf();
    await documents.create('a', doc('1'), numbers(3).map((i) => event('a', `a${i + 1}`)));
    await documents.commit('a', 1, doc('2'), [event('a', 'a4'), event('a', 'a5')]);
    await documents.commit('a', 2, doc('3'), [event('a', 'a6')]);
    await documents.published('a', 3, 2);
    expect(await documents.pending(10)).toEqual([{ id: 'a', first: 1, events: [event('a', 'a1'), event('a', 'a2')] }]);
    await documents.published('a', 1, 2);
    expect(await documents.pending(10)).toEqual([{ id: 'a', first: 5, events: [event('a', 'a5'), event('a', 'a6')] }]);
    await documents.published('a', 6, 1);
    await documents.commit('a', 3, doc('4'), [event('a', 'a7')]);
    expect(await documents.pending(10)).toEqual([{ id: 'a', first: 5, events: [event('a', 'a5')] }]);
    await documents.published('a', 1, 6);
    expect(await documents.pending(10)).toEqual([{ id: 'a', first: 7, events: [event('a', 'a7')] }]);
    await documents.published('a', 7, 100);
    expect(await documents.pending(10)).toEqual([]);
  });

  it('refuse a commit whose events would not fit beside those that wait, until these are published', async () => {
    const documents = await documentsOf();
    const large = { ...event('a', 'e'), envelope: new Uint8Array(900_000) };
    await documents.create('a', doc('1'), numbers(5).map(() => large));
    await expect(documents.commit('a', 1, doc('2'), [large, large])).rejects.toMatchObject({ reason: 'QUEUE_FULL' });
    await expect(documents.commit('a', 1, doc('2'), numbers(7).map(() => large))).rejects.toMatchObject({ reason: 'VALUE_TOO_LARGE' });
    await expect(documents.commit('a', 2, doc('2'), [large, large])).rejects.toMatchObject({ reason: 'VERSION_CONFLICT' });
    await documents.commit('a', 1, doc('2'));
    await documents.published('a', 1, 5);
    await documents.commit('a', 2, doc('3'), [large, large]);
    expect(await documents.get('a')).toMatchObject({ version: 3 });
  });

  it('fill an index that both find new, and one that others do not know of yet', async () => {
    const spec = contractSpec('things');
    const before = await documentsOf({ ...spec, indexes: { text: spec.indexes['text'] ?? (() => []) } });
    await before.putAll(numbers(130).map((i) => put(`${i}`, doc('t', `tag-${i % 10}`))));
    const [one, two] = await Promise.all([documentsOf(), documentsOf()]);
    expect((await one.page('tags', prefix('tag-3'), undefined, 1000)).items).toHaveLength(13);
    expect((await two.page('tags', prefix('tag-'), undefined, 1000)).items).toHaveLength(130);
    // A replica of the version before goes on writing.
    await before.putAll([put('3', doc('t', 'tag-0')), put('new', doc('t', 'tag-3'))]);
    const idsOf = async (documents: Documents<ContractDoc>, key: string): Promise<readonly string[]> => (await documents.page('tags', prefix(key), undefined, 1000)).items.map(({ id }) => id);
    expect(await idsOf(one, 'tag-3')).not.toContain('3');
    await vi.waitFor(async () => expect(await idsOf(one, 'tag-3')).toContain('new'), { timeout: 20_000, interval: 200 });
    expect(await idsOf(two, 'tag-0')).toContain('3');
    expect((await before.page('text', prefix('t'), undefined, 1000)).items).toHaveLength(131);
  });

  it('keep what each of two versions indexes that the other does not know', async () => {
    const spec = contractSpec('things');
    const only = (name: string): CollectionSpec<ContractDoc> => ({ ...spec, indexes: { [name]: spec.indexes[name] ?? (() => []) } });
    const texts = await documentsOf(only('text'));
    await texts.putAll(numbers(60).map((i) => put(`${i}`, doc('t', 'x', 'y'))));
    const tags = await documentsOf(only('tags'));
    expect((await tags.page('tags', prefix('x'), undefined, 100)).items).toHaveLength(60);
    expect((await texts.page('text', prefix('t'), undefined, 100)).items).toHaveLength(60);
  });

  it('hold a lease one at a time', async () => {
    const clock = new ManualClock(1_000_000);
    const [first, second] = [await Leases.open((await replica()).store(database), 'leases', clock), await Leases.open((await replica()).store(database), 'leases', clock)];
    const held = await Promise.all([first.hold('sweep', 1000), second.hold('sweep', 1000)]);
    expect(held.filter(Boolean)).toHaveLength(1);
    const [holder, other] = held[0] ? [first, second] : [second, first];
    clock.advance(999);
    expect(await other.hold('sweep', 1000)).toBe(false);
    expect(await holder.hold('sweep', 1000)).toBe(true);
    await other.release('sweep');
    expect(await other.hold('sweep', 1000)).toBe(false);
    await holder.release('sweep');
    expect(await other.hold('sweep', 1000)).toBe(true);
    clock.advance(1000);
    expect((await Promise.all([first.hold('sweep', 1000), second.hold('sweep', 1000)])).filter(Boolean)).toHaveLength(1);
  });

  it('go over every document, and pick pages', async () => {
    const documents = await documentsOf();
    await documents.putAll(numbers(450).map((i) => put(`${i}`, doc(String(i).padStart(4, '0')))));
    const found: string[] = [];
    for await (const { key } of every(documents, 'text', prefix(''))) found.push(key);
    expect(found).toEqual(numbers(450).map((i) => String(i).padStart(4, '0')));
    const request = { index: 'text', range: prefix(''), after: undefined, order: 'ascending', size: 20 } as const;
    const isEven = async ({ text }: ContractDoc): Promise<string | undefined> => (Number(text) % 2 === 0 ? text : undefined);
    const { items, next } = await pickPage(documents, request, isEven, (text) => text);
    expect(items).toEqual(numbers(20).map((i) => String(2 * i).padStart(4, '0')));
    expect(next).toEqual({ key: '0038', id: '38' });
  });
});
