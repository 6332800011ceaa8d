import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { CorridorError, sha256, toHex } from '@corridor/kernel';
import { TOPICS } from '@corridor/runtime';
import { DAY, handling, movement, openHub, person, request, rescue, sharing, temporaryFolder, type TestHub } from './hub.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hub: TestHub;
beforeEach(async () => {
  folder = await temporaryFolder();
  hub = await openHub(folder.path);
  await hub.know(...sharing('alpha', ['beta'], { categories: ['movement', 'rescue'] }));
});
afterEach(async () => {
  await hub.close();
  await folder.remove();
});

const BETA = person('beta');
const erase = (series = 'arrivals', retentionMonth = '', owner = 'alpha') =>
  hub.clock.confirm(hub.call('eraseSeries', { series: `agencies/${owner}/series/${series}`, retentionMonth }, person('alpha')));
const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => CorridorError.from(error).reason,
  );
const get = (updateId: string) => hub.call('getUpdate', { name: `agencies/alpha/series/arrivals/updates/${updateId}`, purpose: Purpose.PURPOSE_PLANNING }, BETA);

/** Every stored envelope, as the audit hashes it. */
async function hashes(): Promise<readonly string[]> {
  const found: string[] = [];
  for (let partition = 0; partition < TOPICS.updates.partitions; partition += 1) {
    for (const { envelope } of await hub.log.read(TOPICS.updates.name, { partition, offset: 0 }, 1000)) found.push(toHex(sha256(envelope)));
  }
  return found;
}

describe('an erased series', () => {
  it('cannot be read any more, while every envelope and its proofs stay as they were', async () => {
    const { updateId } = movement();
    await hub.publish(request('alpha', [movement({ updateId })]));
    await hub.publish(request('alpha', [movement()], { series: 'camps' }));
    const before = await hashes();
    expect(await reasonOf(get(updateId))).toBe('none');
    expect((await erase()).destroyedKeys).toBe(1);
    expect(await reasonOf(get(updateId))).toBe('NOT_FOUND');
    const { batches } = await hub.call('listUpdates', { purpose: Purpose.PURPOSE_PLANNING, filter: undefined, pageSize: 0, pageToken: '' }, BETA);
    expect(batches.map(({ batch }) => batch?.series)).toEqual(['agencies/alpha/series/camps']);
    expect(await hashes()).toEqual(before);
    await hub.close();
    hub = await openHub(folder.path);
    expect(await reasonOf(get(updateId))).toBe('NOT_FOUND');
    expect(await hashes()).toEqual(before);
  });

  it('is not delivered from memory either, and those behind it go on', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = hub.subscribe(BETA, { from: 'beginning', take: (event) => (event.$case === 'windowOpened' ? gate.promise : undefined) });
    for (let i = 0; i < 5; i += 1) await hub.publish(request('alpha', [movement()]));
    await vi.waitFor(() => expect(slow.events.length).toBeGreaterThan(0));
    await erase();
    gate.resolve();
    const later = movement();
    await hub.publish(request('alpha', [later], { series: 'camps' }));
    await vi.waitFor(() => expect(slow.seen().at(-1)).toBe(`${later.updateId}@1`));
    expect(slow.seen()).toHaveLength(1);
  });

  it('goes on: what is published afterwards is delivered, and what was erased stays erased', async () => {
    const old = movement();
    await hub.publish(request('alpha', [old]));
    await erase();
    const update = movement();
    expect(await hub.publish(request('alpha', [update]))).toMatchObject([{ version: 1, reason: '' }]);
    expect(await reasonOf(get(update.updateId))).toBe('none');
    expect(await reasonOf(get(old.updateId))).toBe('NOT_FOUND');
    // An id that was used is used, whether or not its content is still there.
    expect((await hub.publish(request('alpha', [movement({ updateId: old.updateId, counts: { SYR: 55 } })])))[0]?.reason).toBe('ALREADY_EXISTS');
    expect((await erase()).destroyedKeys).toBe(1);
    expect(await reasonOf(get(update.updateId))).toBe('NOT_FOUND');
  });

  it('loses one month of end of retention only, when that is asked for', async () => {
    const [short, long] = [movement(), movement()];
    await hub.publish(request('alpha', [short], { handling: handling({ retentionDays: 5 }) }));
    await hub.publish(request('alpha', [long], { handling: handling({ retentionDays: 100 }) }));
    expect((await erase('arrivals', new Date(hub.clock.now() + 5 * DAY).toISOString().slice(0, 7))).destroyedKeys).toBe(1);
    expect(await reasonOf(get(short.updateId))).toBe('NOT_FOUND');
    expect(await reasonOf(get(long.updateId))).toBe('none');
  });

  it('is erased by its owner alone', async () => {
    expect(await reasonOf(erase('arrivals', '', 'beta'))).toBe('PERMISSION_DENIED');
    expect(await reasonOf(erase('arrivals', '2026-13'))).toBe('INVALID_ARGUMENT');
  });

  it('can be erased while the archive is behind, and the fold goes on', async () => {
    // The archive rests by the clock, which stands still: what follows the first record is not archived yet.
    for (let i = 0; i < 5; i += 1) await hub.publish(request('alpha', [movement({ counts: { SYR: 300, AFG: 3, ERI: 4 } })]));
    const erasing = hub.call('eraseSeries', { series: 'agencies/alpha/series/arrivals', retentionMonth: '' }, person('alpha'));
    await vi.waitFor(async () => expect(await hub.keys.data.list({ prefix: 'alpha/' }, 10)).toEqual([]));
    await hub.clock.confirm(erasing);
    expect(hub.service.unwell()).toBeUndefined();
    const update = movement();
    await hub.publish(request('alpha', [update]));
    const { batches } = await hub.call('listUpdates', { purpose: Purpose.PURPOSE_PLANNING, filter: undefined, pageSize: 0, pageToken: '' }, BETA);
    expect(batches.flatMap(({ batch }) => batch?.updates ?? []).map(({ name }) => name.split('/').at(-1))).toEqual([update.updateId]);
  });
});

describe('at the end of retention', () => {
  it('keys are destroyed by the clock', async () => {
    const update = movement();
    await hub.publish(request('alpha', [update], { handling: handling({ retentionDays: 2 }) }));
    expect(await hub.keys.data.list({ prefix: 'alpha/' }, 10)).toHaveLength(1);
    hub.clock.advance(40 * DAY);
    await vi.waitFor(async () => expect(await hub.keys.data.list({ prefix: 'alpha/' }, 10)).toEqual([]));
    await hub.close();
    hub = await openHub(folder.path);
    expect(await reasonOf(get(update.updateId))).toBe('NOT_FOUND');
  });
});

describe('what is stored', () => {
  it('holds nothing of an update in clear, neither before nor after', async () => {
    const update = rescue();
    const canary = 'Canary-of-the-MRCC-4711';
    const { content } = update;
    if (content?.$case !== 'rescue') expect.fail('no rescue');
    const told = { ...update, content: { ...content, value: { ...content.value, rescueCentre: canary } } };
    const reader = hub.subscribe(BETA);
    await hub.publish(request('alpha', [told], { category: 6, handling: handling({ tlp: 2 }) }));
    await vi.waitFor(() => expect(reader.deliveries[0]?.bytes.includes(canary)).toBe(true));
    await reader.stop();
    hub.clock.advance(100);
    await hub.close();
    const files = await readdir(folder.path);
    expect(files).toContain('corridor.db');
    for (const file of files) expect((await readFile(join(folder.path, file))).includes(canary)).toBe(false);
    hub = await openHub(folder.path);
  });
});
