import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Update } from '@corridor/contracts/hub/v1/updates';
import type { EventLog } from '@corridor/eventlog';
import { TOPICS } from '@corridor/runtime';
import { movement, newId, openHub, person, request, retraction, sharing, temporaryFolder, type OpenOptions, type TestHub } from './hub.testing.ts';
import { rewindFold } from './rewind.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const running: TestHub[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const hub of running.splice(0)) await hub.close();
  await folder.remove();
});

async function open(options: OpenOptions = {}): Promise<TestHub> {
  const hub = await openHub(folder.path, options);
  running.push(hub);
  return hub;
}
async function reopen(options: OpenOptions = {}): Promise<TestHub> {
  await running.pop()?.close();
  return open(options);
}
const started = async (options: OpenOptions = {}): Promise<TestHub> => {
  const hub = await open(options);
  await hub.know(...sharing('alpha', ['beta']));
  return hub;
};
/** A hub that forgets at once: what it knows of earlier reports it has to look up. */
const FORGETFUL = { records: 1, updates: 1, bytes: 1, reports: 1 };

describe('publishing', () => {
  it('is acknowledged though the record was folded and forgotten before the log says where it stands', async () => {
    const held = Promise.withResolvers<void>();
    let holds = true;
    const slow = (log: EventLog): EventLog => ({
      ...unchanged(log),
      append: async (...args) => {
        const positions = await log.append(...args);
        if (args[0] === TOPICS.updates.name && holds) {
          holds = false;
          await held.promise;
        }
        return positions;
      },
    });
    const hub = await started({ limits: FORGETFUL, log: slow });
    const first = hub.publish(request('alpha', [movement()]));
    await vi.waitFor(() => expect(holds).toBe(false));
    for (let i = 0; i < 5; i += 1) await hub.publish(request('alpha', [movement()]));
    held.resolve();
    expect(await first).toMatchObject([{ version: 1, repeated: false, reason: '' }]);
  });
});

/** A log as it is, for tests that put something in the place of one of its operations. */
const unchanged = (log: EventLog): EventLog => ({
  topics: log.topics,
  append: (...args) => log.append(...args),
  consume: (...args) => log.consume(...args),
  tail: (...args) => log.tail(...args),
  read: (...args) => log.read(...args),
  begin: (...args) => log.begin(...args),
  end: (...args) => log.end(...args),
  positions: (...args) => log.positions(...args),
  close: () => log.close(),
});

describe('reading', () => {
  it('finds what others have acknowledged, though this replica has not folded it yet', async () => {
    let held = Promise.withResolvers<void>();
    held.resolve();
    const behind = (log: EventLog): EventLog => ({
      ...unchanged(log),
      async *tail(...args) {
        for await (const records of log.tail(...args)) {
          if (args[0] === TOPICS.updates.name) await held.promise;
          yield records;
        }
      },
    });
    const hub = await started({ log: behind });
    held = Promise.withResolvers<void>();
    const { updateId } = movement();
    const publishing = hub.publish(request('alpha', [movement({ updateId })]));
    await vi.waitFor(async () => expect((await hub.log.end(TOPICS.updates.name)).some((end) => end > 0)).toBe(true));
    const caller = person('beta');
    const reading = [
      hub.call('getUpdate', { name: `agencies/alpha/series/arrivals/updates/${updateId}`, purpose: 5 }, caller).then(({ archived }) => archived?.batch?.updates.length),
      hub.call('listUpdates', { purpose: 5, filter: undefined, pageSize: 0, pageToken: '' }, caller).then(({ batches }) => batches.length),
    ];
    held.resolve();
    await publishing;
    expect(await Promise.all(reading)).toEqual([1, 1]);
  });
});

describe('folding', () => {
  it('lets the first record of an id win; the same content again is the same update, other content is ALREADY_EXISTS', async () => {
    const hub = await started();
    const update = movement({ counts: { SYR: 120 } });
    const [first] = await hub.publish(request('alpha', [update]));
    expect(first).toMatchObject({ version: 1, repeated: false, reason: '' });
    expect(await hub.publish(request('alpha', [update]))).toEqual([{ ...first, repeated: true }]);
    expect(await hub.publish(request('alpha', [{ ...update, ...movement({ updateId: update.updateId, counts: { SYR: 121 } }) }]))).toMatchObject([
      { version: 0, reason: 'ALREADY_EXISTS' },
    ]);
    // The same id in another series is another update.
    expect(await hub.publish(request('alpha', [update], { series: 'departures' }))).toMatchObject([{ version: 1, repeated: false }]);
  });

  it('calls the same content under another handling or threshold other content', async () => {
    const hub = await started();
    const update = movement();
    await hub.publish(request('alpha', [update]));
    expect(await hub.publish(request('alpha', [update], { maskThreshold: 20 }))).toMatchObject([{ reason: 'ALREADY_EXISTS' }]);
    const strict = { ...request('alpha', [update]).handling, retentionDays: 30 };
    expect(await hub.publish({ ...request('alpha', [update]), handling: strict as never })).toMatchObject([{ reason: 'ALREADY_EXISTS' }]);
  });

  it('takes a correction that names the current version, and no other', async () => {
    const hub = await started();
    const { updateId } = movement();
    const version = (replacesVersion: number, SYR: number): Update => movement({ updateId, replacesVersion, counts: { SYR } });
    expect(await hub.publish(request('alpha', [version(1, 5)]))).toMatchObject([{ reason: 'VERSION_CONFLICT' }]);
    expect(await hub.publish(request('alpha', [version(0, 100)]))).toMatchObject([{ version: 1 }]);
    expect(await hub.publish(request('alpha', [version(2, 101)]))).toMatchObject([{ reason: 'VERSION_CONFLICT' }]);
    expect(await hub.publish(request('alpha', [version(1, 102)]))).toMatchObject([{ version: 2 }]);
    expect(await hub.publish(request('alpha', [version(1, 103)]))).toMatchObject([{ reason: 'VERSION_CONFLICT' }]);
    expect(await hub.publish(request('alpha', [version(0, 104)]))).toMatchObject([{ reason: 'ALREADY_EXISTS' }]);
    expect(await hub.publish(request('alpha', [retraction(updateId, 2)]))).toMatchObject([{ version: 3 }]);
    expect(await hub.publish(request('alpha', [version(3, 105)]))).toMatchObject([{ version: 4 }]);
  });

  it('refuses a conflict over the wire as ABORTED', async () => {
    const hub = await started();
    const { receipts } = await hub.call('publish', request('alpha', [movement({ replacesVersion: 3 })]), person('alpha'));
    expect(receipts[0]?.error).toMatchObject({ code: 10, reason: 'VERSION_CONFLICT' });
  });

  it.each([
    ['at hand', {}],
    ['in the archive', { limits: FORGETFUL }],
  ])('says of a repeat of an older version where that version stands, %s', async (_, options) => {
    const hub = await started(options);
    const { updateId } = movement();
    const versions = [100, 200, 300].map((SYR, replacesVersion) => movement({ updateId, replacesVersion, counts: { SYR } }));
    const first = [];
    for (const update of versions) first.push(...(await hub.publish(request('alpha', [movement(), update])).then((r) => r.slice(1))));
    const again = [];
    for (const update of versions) again.push(...(await hub.publish(request('alpha', [update]))));
    expect(again).toEqual(first.map((receipt) => ({ ...receipt, repeated: true })));
    expect(new Set(again.map(({ at }) => at)).size).toBe(3);
    expect(again[0]?.at.endsWith('/1')).toBe(true);
  });

  it('takes several versions of a report in one message', async () => {
    const hub = await started();
    const { updateId } = movement();
    const updates = [0, 1, 1, 2, 0].map((replacesVersion, i) => movement({ updateId, replacesVersion, counts: { SYR: [100, 200, 200, 300, 999][i] ?? 0 } }));
    expect(await hub.publish(request('alpha', updates))).toMatchObject([
      { version: 1, repeated: false },
      { version: 2, repeated: false },
      { version: 2, repeated: true },
      { version: 3, repeated: false },
      { reason: 'ALREADY_EXISTS' },
    ]);
  });

  it('comes to the same, whatever it remembers and whenever it was restarted', async () => {
    const reports = [newId(), newId(), newId()];
    const step = fc.record({
      report: fc.constantFrom(...reports),
      replaces: fc.integer({ min: 0, max: 3 }),
      value: fc.constantFrom(100, 200),
      restart: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 7 }), async (messages) => {
        const model = new Map<string, number[]>();
        const expected = messages.map((message) =>
          message.map(({ report, replaces, value }) => {
            const versions = model.get(report) ?? [];
            if (replaces === versions.length) {
              model.set(report, [...versions, value]);
              return `${replaces + 1}`;
            }
            if (replaces > versions.length) return 'VERSION_CONFLICT';
            if (versions[replaces] === value) return `again ${replaces + 1}`;
            return replaces === 0 ? 'ALREADY_EXISTS' : 'VERSION_CONFLICT';
          }),
        );
        const own = await temporaryFolder();
        const options = { limits: FORGETFUL };
        let hub = await openHub(own.path, options);
        await hub.know(...sharing('alpha', ['beta']));
        const found: string[][] = [];
        for (const message of messages) {
          if (message.some(({ restart }) => restart)) {
            await hub.close();
            hub = await openHub(own.path, options);
          }
          const updates = message.map(({ report, replaces, value }) => movement({ updateId: report, replacesVersion: replaces, counts: { SYR: value } }));
          const receipts = await hub.publish(request('alpha', updates));
          found.push(receipts.map(({ version, repeated, reason }) => (reason === '' ? `${repeated ? 'again ' : ''}${version}` : reason)));
        }
        await hub.close();
        await own.remove();
        expect(found).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it('folds again what was archived before a crash, and loses none of it', async () => {
    const hub = await started();
    const [older, newer] = [newId(), newId()];
    await hub.publish(request('alpha', [movement({ updateId: newer })]));
    await hub.publish(request('alpha', [movement({ updateId: older }), movement({ updateId: newer, replacesVersion: 1, counts: { SYR: 99 } })]));
    await running.pop()?.close();
    await rewindFold(folder.path);
    const again = await open();
    const caller = person('beta');
    for (const [id, version] of [[older, 1], [newer, 2]] as const) {
      const { archived } = await again.call('getUpdate', { name: `agencies/alpha/series/arrivals/updates/${id}`, purpose: 5 }, caller);
      expect(archived?.batch?.updates[0]?.version).toBe(version);
    }
    const { batches } = await again.call('listUpdates', { purpose: 5, filter: undefined, pageSize: 0, pageToken: '' }, caller);
    expect(batches.flatMap(({ batch }) => batch?.updates ?? []).map(({ name }) => name.split('/').at(-1) ?? '').toSorted()).toEqual([older, newer].toSorted());
  });

  it('goes on after a restart where it stood', async () => {
    const hub = await started();
    const update = movement();
    const [first] = await hub.publish(request('alpha', [update]));
    const again = await reopen();
    expect(await again.publish(request('alpha', [update]))).toEqual([{ ...first, repeated: true }]);
    expect((await again.log.end(TOPICS.updates.name)).reduce((a, b) => a + b, 0)).toBe(2);
  });

  it('keeps no more in memory than it was given room for', async () => {
    const hub = await started({ limits: { records: 8, updates: 8, bytes: 1 << 20, reports: 8 } });
    const ids: string[] = [];
    for (let i = 0; i < 60; i += 1) {
      const update = movement();
      ids.push(update.updateId);
      await hub.publish(request('alpha', [update]));
    }
    const subscriber = hub.subscribe(person('beta'), { from: 'beginning' });
    await vi.waitFor(() => expect(subscriber.seen()).toHaveLength(60));
    expect(subscriber.seen()).toEqual(ids.map((id) => `${id}@1`));
  });
});
