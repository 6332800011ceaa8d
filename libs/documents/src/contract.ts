import { utf8 } from '@corridor/kernel';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type CollectionSpec, type Documents, type DocumentStore, MAX_DOCUMENT_BYTES, MAX_EVENT_BYTES, MAX_EVENT_HEADER_BYTES, MAX_KEY_BYTES, type Page, type PageOrder, type PendingEvent } from './documents.ts';
import { type ContractDoc, contractSpec, event, killedDoc, killedEvent } from './contract-documents.ts';
import { prefix } from './prefix.ts';

/** A store under test. */
export interface StoreFixture {
  readonly store: DocumentStore;
  /** Closes the store and opens the same data again. */
  reopen(): Promise<DocumentStore>;
  /** Closes the store and removes its data. */
  dispose(): Promise<void>;
}

/** A store whose disk is small: some 2 MB until `free` is called. */
export interface SmallStore extends StoreFixture {
  free(): Promise<void>;
}

/** What another process created before it was killed, and the store it left behind. */
export interface KilledStoreWriter extends StoreFixture {
  /** Ids in collection `killed` whose document is `killedDoc(id)` with the event `killedEvent(id)`. */
  readonly acknowledged: readonly string[];
}

/** What an adapter declares so that the contract can be checked on it. A feature left out is not checked: its test, named after it, is reported as skipped. */
export interface DocumentsContract {
  readonly name: string;
  /** A store without documents. */
  open(): Promise<StoreFixture>;
  readonly features: {
    /** A store without documents on which at most `bytes` may wait to be written. */
    readonly narrowQueue?: (bytes: number) => Promise<StoreFixture>;
    readonly smallDisk?: () => Promise<SmallStore>;
    /** Kills, several times, a process that creates documents of `CONTRACT_SPEC`, collection `killed`. */
    readonly kill?: () => Promise<KilledStoreWriter>;
  };
}

/** The tests of the port: one for each MUST sentence at `Documents`. Call it in a test file of the adapter. */
export function documentsContract({ name, open, features }: DocumentsContract): void {
  describe(`documents contract: ${name}`, () => {
    const opened: StoreFixture[] = [];
    afterEach(async () => {
      for (const fixture of opened.splice(0)) await fixture.dispose();
    });
    async function using<F extends StoreFixture>(fixture: Promise<F>): Promise<F> {
      const ready = await fixture;
      opened.push(ready);
      return ready;
    }
    async function openOne(): Promise<StoreFixture & { readonly documents: Documents<ContractDoc> }> {
      const fixture = await using(open());
      return { ...fixture, documents: await fixture.store.collection(contractSpec('things')) };
    }

    describe('create and commit', () => {
      it('starts at version 1 and goes up by one', async () => {
        const { documents } = await openOne();
        expect(await documents.create('a', doc('one'))).toEqual({ id: 'a', version: 1, doc: doc('one') });
        expect(await documents.commit('a', 1, doc('two'))).toEqual({ id: 'a', version: 2, doc: doc('two') });
        expect(await documents.get('a')).toEqual({ id: 'a', version: 2, doc: doc('two') });
        expect(await documents.get('b')).toBeUndefined();
      });

      it('is durable when it resolves: document, version, index entries and events', async () => {
        const { documents, reopen } = await openOne();
        await documents.create('a', doc('one', 'x', 'y'), [event('a', 'e1')]);
        await documents.commit('a', 1, doc('two', 'y', 'z'), [event('a', 'e2')]);
        const again = await (await reopen()).collection(contractSpec('things'));
        expect(await again.get('a')).toEqual({ id: 'a', version: 2, doc: doc('two', 'y', 'z') });
        expect(keysOf(await again.page('tags', prefix(''), undefined, 10))).toEqual(['y', 'z']);
        expect(await again.pending(10)).toEqual([{ id: 'a', first: 1, events: [event('a', 'e1'), event('a', 'e2')] }]);
      });

      it('refuses an id that is taken, and changes nothing', async () => {
        const { documents } = await openOne();
        await documents.create('a', doc('one', 'x'));
        await expect(documents.create('a', doc('two', 'y'), [event('a', 'e')])).rejects.toMatchObject({ reason: 'ALREADY_EXISTS' });
        expect(await documents.get('a')).toEqual({ id: 'a', version: 1, doc: doc('one', 'x') });
        expect(keysOf(await documents.page('tags', prefix(''), undefined, 10))).toEqual(['x']);
        expect(await documents.pending(10)).toEqual([]);
      });

      it.each([0, 1, 3])('refuses version %i when the document is at 2, and changes nothing', async (expected) => {
        const { documents } = await openOne();
        await documents.create('a', doc('one'));
        await documents.commit('a', 1, doc('two', 'x'));
        await expect(documents.commit('a', expected, doc('three', 'y'), [event('a', 'e')])).rejects.toMatchObject({ reason: 'VERSION_CONFLICT' });
        expect(await documents.get('a')).toEqual({ id: 'a', version: 2, doc: doc('two', 'x') });
        expect(keysOf(await documents.page('tags', prefix(''), undefined, 10))).toEqual(['x']);
        expect(await documents.pending(10)).toEqual([]);
      });

      it('refuses to commit what does not exist', async () => {
        const { documents } = await openOne();
        await expect(documents.commit('a', 1, doc('one'))).rejects.toMatchObject({ reason: 'VERSION_CONFLICT' });
      });

      it('lets exactly one of 50 concurrent creates win', async () => {
        const { documents } = await openOne();
        const results = await Promise.allSettled(numbers(50).map((i) => documents.create('a', doc(`${i}`, `${i}`), [event('a', `${i}`)])));
        const winner = expectOneWinner(results, 'ALREADY_EXISTS');
        expect(await documents.get('a')).toEqual({ id: 'a', version: 1, doc: doc(`${winner}`, `${winner}`) });
        expect(await documents.pending(10)).toEqual([{ id: 'a', first: 1, events: [event('a', `${winner}`)] }]);
        expect(keysOf(await documents.page('tags', prefix(''), undefined, 100))).toEqual([`${winner}`]);
      });

      it('lets exactly one of 50 concurrent commits on each version win', async () => {
        const { documents } = await openOne();
        await documents.create('a', doc('start'));
        for (const version of numbers(5).map((i) => i + 1)) {
          const results = await Promise.allSettled(numbers(50).map((i) => documents.commit('a', version, doc(`${version}.${i}`), [event('a', `${version}.${i}`)])));
          const winner = expectOneWinner(results, 'VERSION_CONFLICT');
          expect(await documents.get('a')).toEqual({ id: 'a', version: version + 1, doc: doc(`${version}.${winner}`) });
        }
        const [pending] = await documents.pending(100);
        expect(pending?.events).toHaveLength(5);
      });

      it('counts right when 50 callers read, change and commit again until they win', async () => {
        const { documents } = await openOne();
        await documents.create('counter', doc('0'));
        await Promise.all(
          numbers(50).map(async () => {
            for (;;) {
              const read = await documents.get('counter');
              if (read === undefined) throw new Error('the counter is gone');
              try {
                await documents.commit('counter', read.version, doc(`${Number(read.doc.text) + 1}`));
                return;
              } catch (error) {
                expect(error).toMatchObject({ reason: 'VERSION_CONFLICT' });
              }
            }
          }),
        );
        expect(await documents.get('counter')).toEqual({ id: 'counter', version: 51, doc: doc('50') });
      });
    });

    describe('get', () => {
      it('gives documents in the order asked, without those that are missing', async () => {
        const { documents } = await openOne();
        await documents.putAll(numbers(1200).map((i) => put(`id-${i}`, doc(`${i}`))));
        const ids = numbers(1210).map((i) => `id-${1209 - i}`);
        expect((await documents.getAll(ids)).map(({ id }) => id)).toEqual(ids.slice(10));
      });

      it('keeps collections apart', async () => {
        const { store, documents } = await openOne();
        const others = await store.collection(contractSpec('others'));
        await documents.create('a', doc('here', 'x'), [event('a', 'e')]);
        expect(await others.get('a')).toBeUndefined();
        expect(await others.pending(10)).toEqual([]);
        expect(await others.page('tags', prefix(''), undefined, 10)).toEqual({ items: [] });
        await others.create('a', doc('there'));
        expect((await documents.get('a'))?.doc.text).toBe('here');
      });
    });

    describe('putAll', () => {
      it('applies writes in order and idempotently, and bumps versions', async () => {
        const { documents } = await openOne();
        const writes = [put('a', doc('1', 'x')), put('b', doc('1', 'x')), put('a', doc('2', 'y')), { kind: 'delete', id: 'b' }, { kind: 'delete', id: 'none' }] as const;
        await documents.putAll(writes);
        expect(await documents.get('a')).toEqual({ id: 'a', version: 2, doc: doc('2', 'y') });
        await documents.putAll(writes);
        expect(await documents.get('a')).toEqual({ id: 'a', version: 4, doc: doc('2', 'y') });
        expect(await documents.get('b')).toBeUndefined();
        expect((await documents.page('tags', prefix(''), undefined, 10)).items.map(({ key, id }) => [key, id])).toEqual([['y', 'a']]);
        await documents.putAll([]);
      });

      it('creates again from version 1 what it deleted', async () => {
        const { documents } = await openOne();
        await documents.putAll([put('a', doc('1')), put('a', doc('2')), { kind: 'delete', id: 'a' }]);
        expect(await documents.create('a', doc('3'))).toEqual({ id: 'a', version: 1, doc: doc('3') });
      });

      it('leaves pending events as they are', async () => {
        const { documents } = await openOne();
        await documents.create('a', doc('1'), [event('a', 'e1')]);
        await documents.putAll([put('a', doc('2'))]);
        await documents.commit('a', 2, doc('3'), [event('a', 'e2')]);
        expect(await documents.pending(10)).toEqual([{ id: 'a', first: 1, events: [event('a', 'e1'), event('a', 'e2')] }]);
      });

      it('refuses to delete a document that ever carried events', async () => {
        const { documents } = await openOne();
        await documents.create('a', doc('1'), [event('a', 'e1')]);
        await documents.published('a', 1, 1);
        await expect(documents.putAll([{ kind: 'delete', id: 'a' }])).rejects.toMatchObject({ reason: 'STATE_FORBIDS' });
        expect(await documents.get('a')).toEqual({ id: 'a', version: 1, doc: doc('1') });
      });
    });

    describe('page', () => {
      const collect = async (documents: Documents<ContractDoc>, index: string, limit: number, order: PageOrder, range = prefix('')): Promise<readonly (readonly string[])[]> => {
        const found: (readonly string[])[] = [];
        for (let page: Page<ContractDoc> | undefined; page === undefined || page.next !== undefined; ) {
          page = await documents.page(index, range, page?.next, limit, order);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          if (page.next !== undefined) expect(page.items).toHaveLength(limit);
          found.push(...page.items.map(({ key, id }) => [key, id]));
        }
        return found;
      };

      it('gives entries in byte order of key and id, both ways, over duplicates and array members', async () => {
        const { documents } = await openOne();
        const model = new Map<string, readonly string[]>();
        const unit = fc.constantFrom('a', 'b', 'z', '\u0000', '~', '\u007f', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}');
        const label = fc.string({ unit, minLength: 1, maxLength: 3 });
        const things = fc.sample(fc.record({ id: label, tags: fc.array(label, { maxLength: 6 }) }), { numRuns: 60, seed: 7 });
        for (const { id, tags } of things) {
          model.set(id, tags);
          await documents.putAll([put(id, doc('', ...tags))]);
        }
        for (const range of [prefix(''), prefix('z'), prefix('\ud7ff'), prefix('\u{10ffff}'), { from: 'a\u007f', to: 'é' }, { from: 'zz' }]) {
          const entries = [...model].flatMap(([id, tags]) => [...new Set(tags)].map((key) => [key, id] as const));
          const expected = entries
            .filter(([key]) => byBytes(key, range.from) >= 0 && (range.to === undefined || byBytes(key, range.to) < 0))
            .sort(([k1, i1], [k2, i2]) => byBytes(k1, k2) || byBytes(i1, i2));
          // Entry by entry where these are few: there are engines on which each page takes long.
          for (const limit of expected.length > 50 ? [5, 1000] : [1, 3, 1000]) {
            const bothWays = await Promise.all([collect(documents, 'tags', limit, 'ascending', range), collect(documents, 'tags', limit, 'descending', range)]);
            expect(bothWays).toEqual([expected, expected.toReversed()]);
          }
        }
      });

      it('goes over many and large documents', async () => {
        const { documents } = await openOne();
        await documents.putAll(numbers(1300).map((i) => put(`id-${String(i).padStart(4, '0')}`, doc('same'))));
        const ids = numbers(1300).map((i) => ['same', `id-${String(i).padStart(4, '0')}`]);
        expect(await collect(documents, 'text', 700, 'ascending')).toEqual(ids);
        expect(await collect(documents, 'text', 1300, 'descending')).toEqual(ids.toReversed());
        await documents.putAll(numbers(3).map((i) => put(`large-${i}`, { text: '', tags: [`large-${i}`, 'x'.repeat(900)] })));
        await documents.putAll(numbers(3).map((i) => put(`huge-${i}`, { text: '', tags: [...numbers(4000).map((k) => `${i}-${k}`), `huge-${i}`] })));
        expect(await collect(documents, 'tags', 2, 'ascending', prefix('huge'))).toEqual(numbers(3).map((i) => [`huge-${i}`, `huge-${i}`]));
      });

      it('follows every change of a document', async () => {
        const { documents } = await openOne();
        await documents.create('a', doc('1', 'p', 'q', 'q'));
        await documents.commit('a', 1, doc('2', 'q', 'r'));
        expect(await collect(documents, 'tags', 10, 'ascending')).toEqual([['q', 'a'], ['r', 'a']]);
        await documents.commit('a', 2, doc('2', 'r', 'q'));
        expect(await collect(documents, 'tags', 10, 'ascending')).toEqual([['q', 'a'], ['r', 'a']]);
        const { items } = await documents.page('text', { from: '2' }, undefined, 1);
        expect(items).toEqual([{ key: '2', id: 'a', version: 3, doc: doc('2', 'r', 'q') }]);
        await documents.commit('a', 3, doc(''));
        expect(await collect(documents, 'tags', 10, 'ascending')).toEqual([]);
        expect(await collect(documents, 'text', 10, 'ascending')).toEqual([]);
      });

      it('resumes behind a position whose entry is gone', async () => {
        const { documents } = await openOne();
        await documents.putAll(['a', 'b', 'c'].map((id) => put(id, doc('', 'k'))));
        const { next } = await documents.page('tags', prefix('k'), undefined, 2);
        expect(next).toEqual({ key: 'k', id: 'b' });
        await documents.putAll([{ kind: 'delete', id: 'b' }]);
        expect((await documents.page('tags', prefix('k'), next, 2)).items.map(({ id }) => id)).toEqual(['c']);
        expect((await documents.page('tags', prefix('k'), next, 2, 'descending')).items.map(({ id }) => id)).toEqual(['a']);
      });

      it('sees every write that resolved before', async () => {
        const { documents } = await openOne();
        await Promise.all(
          numbers(40).map(async (i) => {
            await documents.create(`${i}`, doc(`text-${i}`));
            expect(await documents.get(`${i}`)).toBeDefined();
            expect((await documents.page('text', { from: `text-${i}` }, undefined, 1)).items[0]?.id).toBe(`${i}`);
            expect(await documents.present('text', [`text-${i}`])).toEqual(new Set([`text-${i}`]));
          }),
        );
      });

      it('refuses an index that is not declared and a page without entries', async () => {
        const { documents } = await openOne();
        await expect(documents.page('none', prefix(''), undefined, 1)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
        await expect(documents.page('tags', prefix(''), undefined, 0)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
      });
    });

    describe('present', () => {
      it('gives those of the keys that some document has in the index', async () => {
        const { documents } = await openOne();
        await documents.putAll([put('a', doc('1', 'p', 'q')), put('b', doc('2', 'q')), put('c', doc('3', '\u{10ffff}', '~'))]);
        expect(await documents.present('tags', ['p', 'q', 'q', 'r', '1', 'pq', '\u{10ffff}'])).toEqual(new Set(['p', 'q', '\u{10ffff}']));
        expect(await documents.present('text', ['p', '3', '4'])).toEqual(new Set(['3']));
        expect(await documents.present('tags', [])).toEqual(new Set());
      });

      it('follows every change of a document', async () => {
        const { documents } = await openOne();
        await documents.create('a', doc('1', 'p', 'q'));
        await documents.commit('a', 1, doc('1', 'q'));
        expect(await documents.present('tags', ['p', 'q'])).toEqual(new Set(['q']));
        await documents.putAll([put('a', doc('1', 'r', 's')), put('b', doc('2', 's'))]);
        expect(await documents.present('tags', ['p', 'q', 'r', 's'])).toEqual(new Set(['r', 's']));
        await documents.putAll([{ kind: 'delete', id: 'a' }]);
        expect(await documents.present('tags', ['p', 'q', 'r', 's'])).toEqual(new Set(['s']));
      });

      it('looks for many keys', async () => {
        const { documents } = await openOne();
        await documents.putAll(numbers(600).map((i) => put(`${i}`, doc(`${i}`, `${i}`, `${i}-too`))));
        const keys = numbers(1300).map(String);
        expect(await documents.present('text', keys)).toEqual(new Set(keys.slice(0, 600)));
        expect(await documents.present('tags', keys)).toEqual(new Set(keys.slice(0, 600)));
      });

      it('refuses an index that is not declared, and what is no key', async () => {
        const { documents } = await openOne();
        await expect(documents.present('none', ['a'])).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
        await expect(documents.present('tags', [''])).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
      });
    });

    describe('a collection', () => {
      it('fills an index that is new, also one that was away for a while', async () => {
        const { store, reopen } = await using(open());
        const spec = contractSpec('things');
        const without = { ...spec, indexes: {} };
        const first = await store.collection(without);
        await first.putAll(numbers(1100).map((i) => put(`${i}`, doc('t', `tag-${i % 10}`))));
        const second = await (await reopen()).collection(spec);
        expect((await second.page('tags', prefix('tag-3'), undefined, 1000)).items).toHaveLength(110);
        await (await (await reopen()).collection(without)).putAll([put('3', doc('t', 'tag-0'))]);
        const last = await (await reopen()).collection(spec);
        expect((await last.page('tags', prefix('tag-3'), undefined, 1000)).items).toHaveLength(109);
        expect(await last.present('tags', ['tag-0', 'tag-3', 'tag-10'])).toEqual(new Set(['tag-0', 'tag-3']));
        expect((await last.page('tags', prefix('tag-0'), undefined, 1000)).items).toHaveLength(111);
      });

      it('is opened once', async () => {
        const { store } = await openOne();
        await expect(store.collection(contractSpec('things'))).rejects.toMatchObject({ reason: 'STATE_FORBIDS' });
      });
    });

    describe('pending and published', () => {
      it('shows events in commit order, those of one document together, at most limit', async () => {
        const { documents } = await openOne();
        await documents.create('b', doc('1'), [event('b', 'b1'), event('b', 'b2')]);
        await documents.create('a', doc('1'), [event('a', 'a1')]);
        await documents.commit('b', 1, doc('2'), [event('b', 'b3')]);
        await documents.create('quiet', doc('1'));
        expect(await documents.pending(10)).toEqual([
          { id: 'b', first: 1, events: [event('b', 'b1'), event('b', 'b2'), event('b', 'b3')] },
          { id: 'a', first: 1, events: [event('a', 'a1')] },
        ]);
        expect(await documents.pending(2)).toEqual([{ id: 'b', first: 1, events: [event('b', 'b1'), event('b', 'b2')] }]);
      });

      it('gives back byte for byte what was committed', async () => {
        const { documents } = await openOne();
        const every = Uint8Array.from({ length: 256 }, (_, i) => i);
        const whole: PendingEvent = { topic: 'corridor.ü', key: 'ключ', envelope: every, headers: { ce_id: '1', note: 'ünï"\n' } };
        await documents.create('a', doc('1'), [whole, { ...whole, envelope: new Uint8Array(), headers: {} }]);
        const [pending] = await documents.pending(10);
        expect(pending?.events.map(({ envelope }) => [...envelope])).toEqual([[...every], []]);
        expect(pending?.events[0]).toMatchObject({ topic: 'corridor.ü', key: 'ключ', headers: { ce_id: '1', note: 'ünï"\n' } });
      });

      it('removes the numbered events and nothing else, however often', async () => {
        const { documents } = await openOne();
        await documents.create('a', doc('1'), numbers(4).map((i) => event('a', `a${i + 1}`)));
        await documents.create('b', doc('1'), [event('b', 'b1')]);
        await documents.published('a', 1, 2);
        await documents.published('a', 1, 2);
        expect(await documents.pending(10)).toEqual([
          { id: 'a', first: 3, events: [event('a', 'a3'), event('a', 'a4')] },
          { id: 'b', first: 1, events: [event('b', 'b1')] },
        ]);
        await documents.commit('a', 1, doc('2'), [event('a', 'a5')]);
        await documents.published('a', 3, 2);
        expect((await documents.pending(10)).find(({ id }) => id === 'a')).toEqual({ id: 'a', first: 5, events: [event('a', 'a5')] });
        await documents.published('none', 1, 1);
        expect(await documents.get('a')).toEqual({ id: 'a', version: 2, doc: doc('2') });
      });

      it('goes on numbering after everything was published and the store reopened', async () => {
        const { documents, reopen } = await openOne();
        await documents.create('a', doc('1'), [event('a', 'a1')]);
        await documents.published('a', 1, 1);
        const again = await (await reopen()).collection(contractSpec('things'));
        await again.commit('a', 1, doc('2'), [event('a', 'a2')]);
        expect(await again.pending(10)).toEqual([{ id: 'a', first: 2, events: [event('a', 'a2')] }]);
      });
    });

    describe('refusals', () => {
      it('refuses a document over 8 MB, while writes beside it succeed', async () => {
        const { documents } = await openOne();
        const large = { text: '', tags: ['x'.repeat(900)] };
        const huge = doc('x'.repeat(10));
        const spec: CollectionSpec<ContractDoc> = { ...contractSpec('sized'), encode: (d) => new Uint8Array(d.text === '' ? MAX_DOCUMENT_BYTES : MAX_DOCUMENT_BYTES + 1) };
        const { store } = await using(open());
        const sized = await store.collection(spec);
        const results = await Promise.allSettled([sized.create('a', large), sized.create('b', huge), sized.putAll([put('c', large), put('d', huge)]), documents.create('e', doc('1'))]);
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
        expect(results[1]).toMatchObject({ reason: { reason: 'VALUE_TOO_LARGE' } });
        expect(results[2]).toMatchObject({ reason: { reason: 'VALUE_TOO_LARGE' } });
      });

      it('refuses an event that the log would refuse', async () => {
        const { documents } = await openOne();
        const large = { ...event('a', 'e'), envelope: new Uint8Array(MAX_EVENT_BYTES + 1) };
        const labelled = { ...event('a', 'e'), headers: { long: 'x'.repeat(MAX_EVENT_HEADER_BYTES) } };
        for (const refused of [large, labelled]) {
          await expect(documents.create('a', doc('1'), [event('a', 'e'), refused])).rejects.toMatchObject({ reason: 'VALUE_TOO_LARGE' });
        }
        expect(await documents.get('a')).toBeUndefined();
        expect(await documents.pending(10)).toEqual([]);
        const most = { ...event('a', 'e'), envelope: new Uint8Array(MAX_EVENT_BYTES) };
        await documents.create('a', doc('1'), [most, most, most, most]);
        const shown = await documents.pending(10);
        expect(shown[0]?.events.length).toBeGreaterThan(0);
      });

      it.each(['', 'x'.repeat(MAX_KEY_BYTES + 1), '\ud800'])('refuses the id or key %j', async (bad) => {
        const { documents } = await openOne();
        for (const call of [documents.create(bad, doc('1')), documents.create('a', doc('1', bad)), documents.putAll([put('b', doc('1')), put(bad, doc('1'))]), documents.get(bad)]) {
          await expect(call).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
        }
        expect(await documents.getAll(['a', 'b'])).toEqual([]);
        const longest = 'x'.repeat(MAX_KEY_BYTES);
        await documents.create(longest, doc('1', longest));
        expect(keysOf(await documents.page('tags', prefix('x'), undefined, 1))).toEqual([longest]);
      });

      it.runIf(features.narrowQueue)('narrowQueue: refuses with QUEUE_FULL when too much waits, and writes what waited', async () => {
        const { store } = await using(features.narrowQueue?.(200_000) ?? open());
        const documents = await store.collection(contractSpec('things'));
        const results = await Promise.allSettled(numbers(50).map((i) => documents.create(`${i}`, doc('', 'x'.repeat(900), ...numbers(20).map((k) => `${k}`.padEnd(500))))));
        const refused = results.filter((result) => result.status === 'rejected');
        expect(refused.length).toBeGreaterThan(0);
        for (const { reason } of refused) expect(reason).toMatchObject({ reason: 'QUEUE_FULL' });
        const found = await documents.getAll(numbers(50).map(String));
        expect(found.map(({ id }) => id)).toEqual(results.flatMap(({ status }, i) => (status === 'fulfilled' ? [`${i}`] : [])));
        await documents.create('afterwards', doc('1'));
      });

      it.runIf(features.smallDisk)('smallDisk: refuses with STORAGE_FULL, writes nothing of it, and goes on when there is space', async () => {
        const fixture = await using(features.smallDisk?.() ?? Promise.reject(new Error('no feature')));
        const documents = await fixture.store.collection(contractSpec('things'));
        const filler = numbers(60).map((i) => `${i}`.padEnd(900));
        let failure: unknown;
        let written = 0;
        while (failure === undefined && written < 1000) {
          try {
            await documents.create(`${written}`, doc('', `tag-${written}`, ...filler), [event('k', `${written}`)]);
            written += 1;
          } catch (error) {
            failure = error;
          }
        }
        expect(failure).toMatchObject({ reason: 'STORAGE_FULL' });
        expect(await documents.get(`${written}`)).toBeUndefined();
        expect(await documents.pending(1000)).toHaveLength(written);
        expect((await documents.page('tags', prefix('tag-'), undefined, 1000)).items).toHaveLength(written);
        await fixture.free();
        await documents.create(`${written}`, doc('1'));
        const again = await (await fixture.reopen()).collection(contractSpec('things'));
        expect(await again.getAll(numbers(written + 1).map(String))).toHaveLength(written + 1);
      });

      it('refuses every operation after close with UNAVAILABLE', async () => {
        const { store, documents } = await openOne();
        await store.close();
        await store.close();
        const calls = [
          documents.get('a'),
          documents.getAll(['a']),
          documents.create('a', doc('1')),
          documents.commit('a', 1, doc('1')),
          documents.putAll([put('a', doc('1'))]),
          documents.page('tags', prefix(''), undefined, 1),
          documents.present('tags', ['a']),
          documents.pending(1),
          documents.published('a', 1, 1),
          store.collection(contractSpec('more')),
        ];
        for (const call of calls) await expect(call).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
      });
    });

    it.runIf(features.kill)('kill: has lost nothing it acknowledged when the process is killed', { timeout: 60_000 }, async () => {
      const { store, acknowledged } = await using(features.kill?.() ?? Promise.reject(new Error('no feature')));
      const documents = await store.collection(contractSpec('killed'));
      expect(acknowledged.length).toBeGreaterThan(20);
      const pending = new Map((await documents.pending(1_000_000)).map(({ id, events }) => [id, events]));
      const indexed = new Map((await documents.page('tags', prefix(''), undefined, 1_000_000)).items.map(({ key, id }) => [key, id]));
      for (const id of acknowledged) {
        expect(await documents.get(id)).toEqual({ id, version: 1, doc: killedDoc(id) });
        expect(indexed.get(id)).toBe(id);
        expect(pending.get(id)).toEqual([killedEvent(id)]);
      }
    });
  });
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const doc = (text: string, ...tags: readonly string[]): ContractDoc => ({ text, tags });
const put = (id: string, content: ContractDoc) => ({ kind: 'put', id, doc: content }) as const;
const keysOf = ({ items }: Page<ContractDoc>): readonly string[] => items.map(({ key }) => key);
const byBytes = (a: string, b: string): number => Buffer.compare(utf8(a), utf8(b));

/** Of concurrent writes one succeeded, all others failed with `reason`. Returns which one. */
function expectOneWinner(results: readonly PromiseSettledResult<unknown>[], reason: string): number {
  const winners = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
  expect(winners).toHaveLength(1);
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ reason });
  return winners[0] ?? -1;
}
