import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { AccessKind, type AccessEntry, type UpdateFilter } from '@corridor/contracts/hub/v1/hub';
import type { Update } from '@corridor/contracts/hub/v1/updates';
import type { DocumentStore } from '@corridor/documents';
import { CorridorError } from '@corridor/kernel';
import { actor, agency, consent, DAY, handling, movement, newId, openHub, person, request, retraction, sharing, temporaryFolder, type TestHub } from './hub.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hub: TestHub;
beforeEach(async () => {
  folder = await temporaryFolder();
  hub = await openHub(folder.path);
  await hub.know(...sharing('alpha', ['beta']), ...sharing('delta', ['gamma', 'beta']), agency('stranger'), actor('stranger'));
});
afterEach(async () => {
  await hub.close();
  await folder.remove();
});

const BETA = person('beta');
const purpose = Purpose.PURPOSE_PLANNING;
const nameOf = (updateId: string, owner = 'alpha', series = 'arrivals'): string => `agencies/${owner}/series/${series}/updates/${updateId}`;
const get = (updateId: string, caller = BETA, owner = 'alpha') => hub.call('getUpdate', { name: nameOf(updateId, owner), purpose }, caller);
const errorOf = (promise: Promise<unknown>): Promise<readonly [string, string]> =>
  promise.then(
    () => ['none', ''] as const,
    (error: unknown) => [CorridorError.from(error).reason, CorridorError.from(error).message] as const,
  );
const reads = async () => (await hub.recorded()).flatMap(({ entry }) => (entry.$case === 'read' ? [entry.value] : []));

/** All pages of a list: the ids on each. */
async function pages(caller = BETA, options: { readonly filter?: Partial<UpdateFilter>; readonly pageSize?: number } = {}): Promise<readonly (readonly string[])[]> {
  const filter = { owners: [], series: [], categories: [], areas: [], ...options.filter };
  const found: string[][] = [];
  let pageToken = '';
  do {
    const page = await hub.call('listUpdates', { purpose, filter, pageSize: options.pageSize ?? 0, pageToken }, caller);
    found.push(page.batches.flatMap(({ batch }) => batch?.updates ?? []).map(({ name, version }) => `${name.split('/').at(-1)}@${version}`));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return found;
}

/** A store that notes each read of its documents. */
const counting = (store: DocumentStore, asked: string[]): DocumentStore => ({
  collection: async (spec) => {
    const documents = await store.collection(spec);
    const noted = <A extends readonly unknown[], R>(name: string, read: (...args: A) => R) => (...args: A): R => {
      asked.push(`${spec.name} ${name}`);
      return read(...args);
    };
    return {
      get: noted('get', (id) => documents.get(id)),
      getAll: noted('getAll', (ids) => documents.getAll(ids)),
      page: noted('page', (...query) => documents.page(...query)),
      present: noted('present', (...query) => documents.present(...query)),
      create: (...of) => documents.create(...of),
      commit: (...of) => documents.commit(...of),
      putAll: (writes) => documents.putAll(writes),
      pending: (limit) => documents.pending(limit),
      published: (...range) => documents.published(...range),
    };
  },
  close: () => store.close(),
});

describe('getting an update', () => {
  it('shows its current version, with the read on record before', async () => {
    const { updateId } = movement();
    await hub.publish(request('alpha', [movement({ updateId, counts: { SYR: 100 } })]));
    await hub.publish(request('alpha', [movement({ updateId, replacesVersion: 1, counts: { SYR: 200 } })]));
    const { archived } = await get(updateId);
    expect(archived?.batch?.updates[0]?.version).toBe(2);
    expect(archived?.publishTime?.getTime()).toBe(hub.clock.now());
    expect(archived?.expireTime?.getTime()).toBe(hub.clock.now() + 365 * DAY);
    expect(await reads()).toMatchObject([{ recipient: 'agencies/beta', actor: 'agencies/beta/actors/staff-1', updates: [nameOf(updateId)], refused: '' }]);
  });

  it('refuses alike what is not there and what is not for the reader, and puts both on record', async () => {
    const { updateId } = movement();
    await hub.publish(request('alpha', [movement({ updateId })]));
    const unknown = newId();
    const STRANGER = person('stranger');
    const refused = await errorOf(get(updateId, STRANGER));
    expect(refused[0]).toBe('NOT_FOUND');
    expect(await errorOf(get(unknown, STRANGER))).toEqual(refused);
    expect(await errorOf(get(updateId, STRANGER, 'nobody'))).toEqual(refused);
    const onRecord = await reads();
    expect(onRecord.map((read) => `${read.refused} ${read.reasons.length > 0}`).toSorted()).toEqual(
      [`${nameOf(updateId)} true`, `${nameOf(unknown)} false`, `${nameOf(updateId, 'nobody')} false`].toSorted(),
    );
  });

  it('ends with retention, also a shorter one of the agreement', async () => {
    const { updateId } = movement();
    await hub.publish(request('alpha', [movement({ updateId })], { handling: handling({ retentionDays: 2 }) }));
    hub.clock.advance(2 * DAY - 1);
    await vi.waitFor(() => expect(hub.policy.confirmed()).toBe(true));
    expect(await errorOf(get(updateId))).toEqual(['none', '']);
    hub.clock.advance(1);
    expect((await errorOf(get(updateId)))[0]).toBe('NOT_FOUND');
    expect(await pages()).toEqual([[]]);
  });

  it('shows nothing when the permission goes while the read is put on record', async () => {
    const { updateId } = movement();
    await hub.publish(request('alpha', [movement({ updateId })]));
    expect(await errorOf(get(updateId))).toEqual(['none', '']);
    const { append } = hub.store.log;
    const slow = vi.spyOn(hub.store.log, 'append').mockImplementation(async function (this: typeof hub.store.log, ...args) {
      slow.mockRestore();
      await hub.know(consent('alpha', 'beta', { version: 2, revoked: true }));
      return append.apply(hub.store.log, args);
    });
    expect((await errorOf(get(updateId)))[0]).toBe('NOT_FOUND');
  });
});

describe('listing updates', () => {
  it('shows reports in their current version only, newest first, and what was acknowledged before', async () => {
    const ids = [newId(), newId(), newId()];
    for (const updateId of ids) await hub.publish(request('alpha', [movement({ updateId })]));
    await hub.publish(request('alpha', [movement({ updateId: ids[0] ?? '', replacesVersion: 1, counts: { SYR: 77 } })]));
    await hub.publish(request('alpha', [retraction(ids[1] ?? '', 1)]));
    // Times are equal here, so positions decide; all in one series.
    expect((await pages()).flat().toSorted()).toEqual([`${ids[0]}@2`, `${ids[1]}@2`, `${ids[2]}@1`].toSorted());
    hub.clock.advance(1);
    const last = newId();
    await hub.publish(request('alpha', [movement({ updateId: last })]));
    expect((await pages()).flat()[0]).toBe(`${last}@1`);
  });

  it('shows every update once, whatever the size of the pages and of the messages', async () => {
    const all: string[] = [];
    for (const size of [1, 7, 3, 12, 1, 5]) {
      const updates: Update[] = Array.from({ length: size }, () => movement());
      all.push(...updates.map(({ updateId }) => `${updateId}@1`));
      hub.clock.advance(1);
      await hub.publish(request('alpha', updates, { series: `s-${size}` }));
    }
    for (const pageSize of [1, 2, 4, 5, 100]) {
      const found = await pages(BETA, { pageSize });
      expect(found.flat().toSorted()).toEqual(all.toSorted());
      expect(Math.max(...found.map((page) => page.length))).toBeLessThanOrEqual(pageSize);
    }
  });

  it('goes on where the page ended, though new updates come in between', async () => {
    const updates = Array.from({ length: 6 }, () => movement());
    await hub.publish(request('alpha', updates));
    const filter = undefined;
    const first = await hub.call('listUpdates', { purpose, filter, pageSize: 4, pageToken: '' }, BETA);
    hub.clock.advance(1);
    await hub.publish(request('alpha', [movement(), movement()]));
    const second = await hub.call('listUpdates', { purpose, filter, pageSize: 4, pageToken: first.nextPageToken }, BETA);
    const ids = [first, second].flatMap(({ batches }) => batches.flatMap(({ batch }) => batch?.updates ?? [])).map(({ name }) => name.split('/').at(-1) ?? '');
    expect(ids.toSorted()).toEqual(updates.map(({ updateId }) => updateId).toSorted());
  });

  it('asks the archive about many updates at once, also about reports of which memory knows nothing', async () => {
    const ids = Array.from({ length: 90 }, () => newId());
    for (const updateId of ids) await hub.publish(request('alpha', [movement({ updateId })]));
    const message = Array.from({ length: 40 }, () => newId());
    await hub.publish(request('alpha', message.map((updateId) => movement({ updateId }))));
    const corrected = [...ids.slice(0, 3), ...message.slice(0, 2)];
    await hub.publish(request('alpha', corrected.map((updateId) => movement({ updateId, replacesVersion: 1, counts: { SYR: 99 } }))));
    await hub.close();
    const asked: string[] = [];
    hub = await openHub(folder.path, { documents: (documents) => counting(documents, asked) });
    await hub.know(agency('beta'));
    const list = { purpose, filter: undefined, pageSize: 100 };
    const shown: string[] = [];
    let pageToken = '';
    do {
      asked.length = 0;
      const page = await hub.call('listUpdates', { ...list, pageToken }, BETA);
      shown.push(...page.batches.flatMap(({ batch }) => batch?.updates ?? []).map(({ name, version }) => `${name.split('/').at(-1)}@${version}`));
      // A chunk of records and a question about its updates, chunk after chunk; and the earlier versions of what was corrected.
      expect(asked).toContain('hub-archive present');
      expect(asked.length).toBeLessThan(16 + corrected.length);
      ({ nextPageToken: pageToken } = page);
    } while (pageToken !== '');
    expect(shown.toSorted()).toEqual([...ids, ...message].map((id) => `${id}@${corrected.includes(id) ? 2 : 1}`).toSorted());
  });

  it('runs on the reader’s view: who may see nothing pages through nothing', async () => {
    for (let i = 0; i < 5; i += 1) await hub.publish(request('alpha', [movement()]));
    await hub.publish(request('delta', [movement()]));
    expect(await pages(person('stranger'), { pageSize: 2 })).toEqual([[]]);
    expect((await pages(person('gamma'))).flat()).toHaveLength(1);
    expect((await pages(BETA, { filter: { owners: ['agencies/delta'] } })).flat()).toHaveLength(1);
    expect((await pages(BETA, { filter: { series: ['agencies/alpha/series/arrivals'] } })).flat()).toHaveLength(5);
    expect((await pages(BETA, { filter: { areas: ['FRA'] } })).flat()).toHaveLength(0);
  });

  it('takes a page token for the same list of the same agency only', async () => {
    for (let i = 0; i < 3; i += 1) await hub.publish(request('alpha', [movement()]));
    const list = { purpose, filter: undefined, pageSize: 1, pageToken: '' };
    const { nextPageToken: pageToken } = await hub.call('listUpdates', list, BETA);
    expect(pageToken).not.toBe('');
    const others = [
      () => hub.call('listUpdates', { ...list, pageToken }, person('gamma')),
      () => hub.call('listUpdates', { ...list, pageToken, purpose: Purpose.PURPOSE_RESCUE }, BETA),
      () => hub.call('listUpdates', { ...list, pageToken, filter: { owners: [], series: [], categories: [], areas: ['ITA'] } }, BETA),
      () => hub.call('listUpdates', { ...list, pageToken: 'bm9uZQ' }, BETA),
      () => hub.call('listPlaces', { query: 'a', pageSize: 1, pageToken }, BETA),
    ];
    for (const other of others) expect((await errorOf(other()))[0]).toBe('PAGE_TOKEN_INVALID');
    expect((await hub.call('listUpdates', { ...list, pageToken }, person('beta', 'staff-2'))).batches).toHaveLength(1);
  });
});

describe('the access log', () => {
  it('shows to the owner alone who received, read, previewed or was refused what', async () => {
    const reader = hub.subscribe(BETA);
    const { updateId } = movement();
    await hub.publish(request('alpha', [movement({ updateId })]));
    await hub.publish(request('delta', [movement()]));
    await vi.waitFor(() => expect(reader.seen()).toHaveLength(2));
    await get(updateId);
    await errorOf(get(updateId, person('stranger')));
    await pages();
    await hub.call('previewUpdates', { publish: request('alpha', [movement()]) }, person('alpha'));
    const all = async (owner: string): Promise<readonly AccessEntry[]> => {
      const entries: AccessEntry[] = [];
      let pageToken = '';
      do {
        const page = await hub.call('listAccess', { parent: `agencies/${owner}`, pageSize: 2, pageToken }, person(owner));
        entries.push(...page.entries);
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      return entries;
    };
    await vi.waitFor(async () => expect((await all('alpha')).filter(({ kind }) => kind === AccessKind.ACCESS_KIND_PREVIEW)).toHaveLength(1));
    const told = (await all('alpha')).map(({ kind, recipient, update }) => `${kind} ${recipient} ${update.split('/').at(-1)}`).toSorted();
    expect(told).toEqual(
      [
        `${AccessKind.ACCESS_KIND_DELIVERY} agencies/beta `,
        `${AccessKind.ACCESS_KIND_READ} agencies/beta ${updateId}`,
        `${AccessKind.ACCESS_KIND_READ} agencies/beta ${updateId}`,
        `${AccessKind.ACCESS_KIND_REFUSAL} agencies/stranger `,
        `${AccessKind.ACCESS_KIND_REFUSAL} agencies/stranger ${updateId}`,
        `${AccessKind.ACCESS_KIND_PREVIEW} agencies/alpha `,
      ].toSorted(),
    );
    expect((await all('alpha')).every(({ series }) => series.startsWith('agencies/alpha/'))).toBe(true);
    expect((await all('delta')).map(({ kind }) => String(kind)).toSorted()).toEqual([`${AccessKind.ACCESS_KIND_DELIVERY}`, `${AccessKind.ACCESS_KIND_READ}`].toSorted());
    expect((await errorOf(hub.call('listAccess', { parent: 'agencies/alpha', pageSize: 0, pageToken: '' }, BETA)))[0]).toBe('PERMISSION_DENIED');
  });
});
