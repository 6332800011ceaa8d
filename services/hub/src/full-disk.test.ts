import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { CorridorError } from '@corridor/kernel';
import { TOPICS } from '@corridor/runtime';
import { movement, openHub, person, request, sharing, temporaryFolder, type TestHub } from './hub.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hub: TestHub;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await hub.close();
  await folder.remove();
});

const BETA = person('beta');
/** What has piled up is archived as fast as the machine allows, which may be busy. */
const ARCHIVED_WITHIN = { timeout: 10_000 };
const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => CorridorError.from(error).reason,
  );
/** Counts that fill a record of some ten kilobytes. */
const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`GROUP-${String(i).padStart(3, '0')}`, 1000 + i]));

/** Publishes until the disk is full; the ids of what was acknowledged. */
async function fill(): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let i = 0; i < 2000; i += 1) {
    const update = movement({ counts: i % 2 === 0 ? many : { SYR: 200 } });
    const reason = await reasonOf(hub.publish(request('alpha', [update], { series: `s-${i % 4}` })));
    if (reason === 'none') acknowledged.push(update.updateId);
    else {
      expect(reason).toBe('STORAGE_FULL');
      return acknowledged;
    }
    if (i % 10 === 0) hub.clock.advance(20);
  }
  return expect.fail('the disk is never full');
}

const listed = async (): Promise<readonly string[]> => {
  const ids: string[] = [];
  let pageToken = '';
  do {
    const page = await hub.call('listUpdates', { purpose: Purpose.PURPOSE_PLANNING, filter: undefined, pageSize: 0, pageToken }, BETA);
    ids.push(...page.batches.flatMap(({ batch }) => batch?.updates ?? []).map(({ name }) => name.split('/').at(-1) ?? ''));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return ids.toSorted();
};

describe('with a full disk', () => {
  beforeEach(async () => {
    hub = await openHub(folder.path, { maxPages: 250 });
    await hub.know(...sharing('alpha', ['beta']));
  });

  it('publishing is refused as STORAGE_FULL and nothing that was acknowledged is lost; with space all goes on', async () => {
    const acknowledged = await fill();
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(hub.service.unwell()).toBeUndefined();
    hub.store.database.limitPages(5000);
    const update = movement();
    expect(await hub.publish(request('alpha', [update]))).toMatchObject([{ reason: '' }]);
    for (let i = 0; i < 10; i += 1) hub.clock.advance(100);
    await vi.waitFor(async () => {
      hub.clock.advance(100);
      expect(await listed()).toEqual([...acknowledged, update.updateId].toSorted());
    }, ARCHIVED_WITHIN);
    const reader = hub.subscribe(BETA, { from: 'beginning' });
    await vi.waitFor(() => expect(reader.seen()).toHaveLength(acknowledged.length + 1));
    await hub.close();
    hub = await openHub(folder.path, { maxPages: 5000 });
    expect(await listed()).toEqual([...acknowledged, update.updateId].toSorted());
  });

  it('nothing is shown that is not on record', async () => {
    const acknowledged = await fill();
    const name = `agencies/alpha/series/s-0/updates/${acknowledged[0]}`;
    const outcomes = [];
    for (let i = 0; i < 3; i += 1) outcomes.push(await reasonOf(hub.call('getUpdate', { name, purpose: Purpose.PURPOSE_PLANNING }, BETA)));
    const shown = outcomes.filter((reason) => reason === 'none').length;
    expect(outcomes.every((reason) => reason === 'none' || reason === 'STORAGE_FULL')).toBe(true);
    const reader = hub.subscribe(BETA, { from: 'beginning' });
    const ended = await Promise.race([reasonOf(reader.done), vi.waitFor(() => expect(reader.seen()).toHaveLength(acknowledged.length))]);
    const recorded = await hub.recorded();
    expect(recorded.filter(({ entry }) => entry.$case === 'read')).toHaveLength(shown);
    const windows = recorded.filter(({ entry }) => entry.$case === 'windowOpen').length;
    if (reader.seen().length > 0) expect(windows).toBe(1);
    else expect(ended).toBe('STORAGE_FULL');
  });

  it('a subscription that reads goes on with what is there, its windows stay open', async () => {
    const reader = hub.subscribe(BETA);
    const acknowledged = await fill();
    await vi.waitFor(() => expect(reader.seen()).toHaveLength(acknowledged.length));
    for (let i = 0; i < 40; i += 1) {
      hub.clock.advance(200);
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await Promise.race([reasonOf(reader.done), Promise.resolve('open')])).toBe('open');
    hub.store.database.limitPages(5000);
    await vi.waitFor(async () => {
      hub.clock.advance(200);
      const closings = (await hub.recorded()).flatMap(({ entry }) => (entry.$case === 'windowClose' ? [entry.value] : []));
      expect(closings.reduce((sum, { size }) => sum + Number(size), 0)).toBe(acknowledged.length);
    });
    expect((await hub.log.end(TOPICS.record.name)).length).toBe(8);
  });
});
