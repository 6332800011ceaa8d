import fc from 'fast-check';
import highs, { type Highs } from 'highs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Category, CountState, PlacePrecision, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { ViewForm, type MovementTable, type Update } from '@corridor/contracts/hub/v1/updates';
import { agencyId, CorridorError } from '@corridor/kernel';
import {
  agency,
  agreement,
  clause,
  consent,
  handling,
  movement,
  openHub,
  person,
  request,
  rescue,
  retraction,
  rowsOf,
  sharing,
  temporaryFolder,
  type TestHub,
  type TestSubscriber,
} from './hub.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hub: TestHub;
const subscribers = new Map<string, TestSubscriber>();
let series = 1000;

/** Recipients and the terms under which each receives movements and rescues of `alpha`. */
beforeAll(async () => {
  folder = await temporaryFolder();
  hub = await openHub(folder.path);
  const to = (id: string, change: Parameters<typeof clause>[0]) => clause({ id, recipients: [agencyId(id)], ...change });
  await hub.know(
    ...sharing('alpha', ['masked', 'total', 'other-ngo']),
    agency('exact'),
    agency('syria', { kind: 'state-authority', country: 'SYR' }),
    agency('eritrea', { kind: 'state-authority', country: 'ERI' }),
    agency('china', { kind: 'state-authority', country: 'CHN' }),
    agency('union', { kind: 'regional-body', memberStates: ['SYR', 'IRQ'] }),
    agency('bound-union', { kind: 'regional-body', memberStates: ['SYR', 'IRQ'] }),
    agreement('more', ['alpha', 'exact', 'syria', 'eritrea', 'china', 'union', 'bound-union'], [
      to('exact', { categories: ['rescue'], exact: true, purposes: ['rescue'] }),
      to('syria', { categories: ['movement', 'rescue'], purposes: ['planning', 'rescue'] }),
      to('eritrea', {}),
      to('china', {}),
      to('union', {}),
      to('bound-union', { secretariatBound: true }),
    ]),
    ...['exact', 'syria', 'eritrea', 'china', 'union', 'bound-union'].map((id) =>
      consent('alpha', id, { categories: ['movement', 'rescue'], purposes: ['planning', 'rescue'] }),
    ),
    { ...agreement('of-alpha', ['alpha', 'masked', 'total', 'other-ngo'], [
      to('masked', {}),
      to('other-ngo', { highestPrecision: 'country' }),
      to('total', { withoutBreakdown: true, watermark: true, retentionDays: 30 }),
    ], { version: 2 }) },
  );
  for (const id of ['masked', 'total', 'other-ngo', 'syria', 'eritrea', 'china', 'union', 'bound-union']) subscribers.set(id, hub.subscribe(person(id)));
  for (const id of ['exact', 'syria']) subscribers.set(`${id} for rescue`, hub.subscribe(person(id), { purpose: Purpose.PURPOSE_RESCUE }));
  await ready();
});
afterAll(async () => {
  await hub.close();
  await folder.remove();
});

/** Every subscription stands at the end of what was published, so that what is not delivered by then never is. */
async function ready(): Promise<void> {
  await vi.waitFor(() => {
    hub.clock.advance(200);
    for (const subscriber of subscribers.values()) expect(subscriber.cursors.length).toBeGreaterThan(0);
  });
}

/** Publishes versions one after the other into a series of their own and waits until everybody has what it gets. */
async function publishAll(versions: readonly (readonly Update[])[], change: Parameters<typeof request>[2] = {}): Promise<string> {
  series += 1;
  const name = `s-${series}`;
  for (const updates of versions) {
    for (const { reason } of await hub.publish(request('alpha', updates, { ...change, series: name }))) expect(reason).toBe('');
  }
  // Partitions are taken in order: whoever has the last report has all before it.
  const last = movement({ counts: { FRA: 1000, DEU: 2000 } });
  await hub.publish(request('alpha', [last], { series: name }));
  await vi.waitFor(() => {
    for (const [id, subscriber] of subscribers) if (!id.includes('rescue')) expect(subscriber.seen().at(-1)?.split('@')[0]).toBe(last.updateId);
  });
  await vi.waitFor(() => expect(subscribers.get('masked')?.deliveries.length).toBeGreaterThan(0));
  return name;
}

const seenBy = (id: string, updateId: string) =>
  (subscribers.get(id)?.deliveries ?? []).flatMap(({ batch }) =>
    batch.updates.filter(({ name }) => name.endsWith(updateId)).map((view) => ({ batch, view })),
  );

describe('what a recipient is shown', () => {
  it('hides small counts in OTHER, and says that it is masked', async () => {
    const update = movement({ counts: { SYR: 300, AFG: 120, ERI: 3, SOM: 7 } });
    await publishAll([[update]]);
    const [{ batch, view } = expect.fail('nothing came')] = seenBy('masked', update.updateId);
    expect(batch.form).toBe(ViewForm.VIEW_FORM_MASKED);
    expect(rowsOf(view)).toEqual({ SYR: 300, AFG: 120, OTHER: 'suppressed', total: 'suppressed' });
  });

  it('is the total alone, watermarked and for a shorter time, where the clause says so', async () => {
    const update = movement({ counts: { SYR: 300, AFG: 120 } });
    await publishAll([[update]]);
    const [{ batch, view } = expect.fail('nothing came')] = seenBy('total', update.updateId);
    expect(rowsOf(view)).toEqual({ total: 420 });
    expect(batch.watermark).toBe('total');
    expect(batch.handling?.retentionDays).toBe(30);
  });

  it('is as coarse as clause and handling ask for', async () => {
    const place = { country: '', adminCode: 'CO52', route: '', point: { latitude: 1.2, longitude: -77.3 } };
    const update = movement({ place });
    await publishAll([[update]]);
    expect(seenBy('masked', update.updateId)[0]?.view.place).toEqual(place);
    expect(seenBy('other-ngo', update.updateId)[0]?.view.place).toEqual({ country: 'COL', adminCode: '', route: '', point: undefined });
    const limited = movement({ place });
    await publishAll([[limited]], { handling: handling({ precisionLimit: PlacePrecision.PLACE_PRECISION_COUNTRY }) });
    expect(seenBy('masked', limited.updateId)[0]?.view.place).toMatchObject({ country: 'COL', point: undefined });
  });

  it('is exact under a clause that says so, and firewalled all the same', async () => {
    const update = rescue({ counts: { SYR: 2, ERI: 4, FRA: 1 } });
    const category = Category.CATEGORY_RESCUE;
    const strict = handling({ purposes: [Purpose.PURPOSE_RESCUE], tlp: 2 });
    await publishAll([[update]], { category, handling: strict });
    await vi.waitFor(() => expect(seenBy('exact for rescue', update.updateId)).toHaveLength(1));
    const people = (id: string) => {
      const content = seenBy(id, update.updateId)[0]?.view.content;
      return content?.$case === 'rescue' ? Object.fromEntries(content.value.people.map(({ key, count }) => [key, Number(count?.value)])) : {};
    };
    expect(people('exact for rescue')).toEqual({ SYR: 2, ERI: 4, FRA: 1 });
    await vi.waitFor(() => expect(seenBy('syria for rescue', update.updateId)).toHaveLength(1));
    expect(people('syria for rescue')).toEqual({ ERI: 4, FRA: 1 });
    const content = seenBy('syria for rescue', update.updateId)[0]?.view.content;
    expect(content?.$case === 'rescue' && Number(content.value.peopleTotal?.value)).toBe(5);
  });
});

describe('the origin firewall', () => {
  it('shows no count of its own nationals, no total but of the rows shown, and says so always', async () => {
    const update = movement({ counts: { SYR: 300, AFG: 120, FRA: 50 } });
    await publishAll([[update]]);
    for (const [id, rows] of [
      // The lowest of the rows it may be shown is left out too, as where it would stand beside a hidden one.
      ['syria', { AFG: 120, total: 120 }],
      ['union', { AFG: 120, total: 120 }],
      ['bound-union', { SYR: 300, AFG: 120, FRA: 50, total: 470 }],
      ['eritrea', { SYR: 300, AFG: 120, total: 420 }],
    ] as const) {
      const [{ batch, view } = expect.fail('nothing came')] = seenBy(id, update.updateId);
      expect(rowsOf(view)).toEqual(rows);
      expect(batch.ownNationalsNeverIncluded).toBe(id !== 'bound-union');
    }
  });

  it('counts as nationals of a State also those of areas that have codes of their own', async () => {
    const update = movement({ counts: { CHN: 3000, TWN: 1200, HKG: 800, FRA: 50, DEU: 600 } });
    await publishAll([[update]]);
    expect(rowsOf(seenBy('china', update.updateId)[0]?.view)).toEqual({ DEU: 600, total: 600 });
  });

  it('sends nothing when a version leaves the view as it was, and counts the versions of the view', async () => {
    const { updateId } = movement();
    const tables = [
      { SYR: 300, AFG: 120, FRA: 50 },
      { SYR: 400, AFG: 120, FRA: 50 },
      { SYR: 400, AFG: 130, FRA: 50 },
      { SYR: 410, AFG: 130, FRA: 55 },
    ];
    const versions = tables.map((counts, replacesVersion) => [movement({ updateId, replacesVersion, counts })]);
    const name = await publishAll([...versions, [retraction(updateId, 4)]]);
    expect(seenBy('masked', updateId).map(({ view }) => view.version)).toEqual([1, 2, 3, 4, 5]);
    expect(seenBy('syria', updateId).map(({ view }) => [view.version, rowsOf(view)['AFG']])).toEqual([[1, 120], [2, 130], [3, undefined]]);
    const last = seenBy('syria', updateId).at(-1)?.view.content;
    expect(last).toEqual({ $case: 'retraction', value: { reason: '' } });
    expect(name).not.toBe('');
  });

  it('sends nothing at all of a report in which there is nothing to show', async () => {
    const update = movement({ counts: { SYR: 300 } });
    await publishAll([[update]]);
    expect(seenBy('syria', update.updateId)).toEqual([]);
    expect(seenBy('masked', update.updateId)).toHaveLength(1);
    const name = subscribers.get('masked')?.deliveries.at(-2)?.batch.updates[0]?.name ?? '';
    await expect(hub.call('getUpdate', { name, purpose: Purpose.PURPOSE_PLANNING }, person('syria'))).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });

  it('gives the same bytes, times, order and errors whatever the counts of its nationals are', async () => {
    const cell = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }) }, { weight: 1, arbitrary: fc.constantFrom(0, 500) }, { weight: 1, arbitrary: fc.constant(undefined) });
    const shownRows = fc.record({ AFG: fc.integer({ min: 0, max: 60 }), ERI: fc.constantFrom(5, 50, 80), FRA: fc.constant(70) });
    const version = fc.record({ shown: shownRows, one: cell, two: cell, retract: fc.integer({ min: 0, max: 6 }).map((n) => n === 0), extra: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(version, { minLength: 1, maxLength: 4 }), async (drawn) => {
        const before = subscribers.get('syria')?.deliveries.length ?? 0;
        const updateIds = [movement().updateId, movement().updateId];
        const others = [movement().updateId, movement().updateId];
        const times: number[][] = [];
        for (const world of [0, 1] as const) {
          const updateId = updateIds[world] ?? '';
          let replacesVersion = 0;
          let shownLast: Readonly<Record<string, number>> | undefined;
          const versions: Update[][] = [];
          for (const { shown, one, two, retract, extra } of drawn) {
            // A version of one world may be a pure change of what is hidden; the other world has it too, with other counts.
            const hidden = world === 0 ? one : two;
            const rows = shownLast !== undefined && (one ?? 0) % 3 === 0 ? shownLast : shown;
            const counts = { ...rows, ...(hidden === undefined ? {} : { SYR: hidden }) };
            versions.push([retract ? retraction(updateId, replacesVersion) : movement({ updateId, replacesVersion, counts })]);
            if (retract && replacesVersion === 0) versions.splice(-1, 1, []);
            else replacesVersion += 1;
            shownLast = rows;
            // One world has versions more, in which only what is hidden changes; time passes in both.
            const more = extra && world === 1 && !retract;
            versions.push(more ? [movement({ updateId, replacesVersion, counts: { ...rows, SYR: 900 + replacesVersion } })] : []);
            if (more) replacesVersion += 1;
          }
          series += 1;
          const start = hub.clock.now();
          for (const updates of versions) {
            for (const update of updates) {
              for (const { reason } of await hub.publish(request('alpha', [update], { series: `w-${series}` }))) expect(reason).toBe('');
            }
            hub.clock.advance(100);
            await vi.waitFor(() => expect(hub.policy.confirmed()).toBe(true));
          }
          await hub.publish(request('alpha', [movement({ updateId: others[world] ?? '', counts: { FRA: 1000, DEU: 5000 } })], { series: `w-${series}` }));
          await vi.waitFor(() => expect(subscribers.get('syria')?.seen().at(-1)).toContain(others[world]));
          const filter = { owners: [], series: [`agencies/alpha/series/w-${series}`], categories: [], areas: [] };
          const { batches } = await hub.call('listUpdates', { purpose: Purpose.PURPOSE_PLANNING, filter, pageSize: 0, pageToken: '' }, person('syria'));
          times.push(batches.flatMap(({ publishTime, expireTime, batch }) => [publishTime, expireTime].map((t) => (t?.getTime() ?? 0) - start).concat(batch?.updates.length ?? 0)));
          const got = await hub
            .call('getUpdate', { name: `agencies/alpha/series/w-${series}/updates/${updateId}`, purpose: Purpose.PURPOSE_PLANNING }, person('syria'))
            .then(({ archived }) => (archived?.publishTime?.getTime() ?? 0) - start, (error: unknown) => [CorridorError.from(error).reason, CorridorError.from(error).message] as const);
          times.push([JSON.stringify(got).length, typeof got === 'number' ? got : -1]);
        }
        const delivered = (subscribers.get('syria')?.deliveries ?? []).slice(before);
        const bytesOf = (world: 0 | 1) =>
          delivered
            .filter(({ batch }) => batch.series === `agencies/alpha/series/w-${series - 1 + world}`)
            .map(({ bytes }) => bytes.toString('latin1').replaceAll(updateIds[world] ?? '', 'ID').replaceAll(others[world] ?? '', 'OTHER').replaceAll(`w-${series - 1 + world}`, 'W'));
        expect(bytesOf(1)).toEqual(bytesOf(0));
        expect(times.slice(2)).toEqual(times.slice(0, 2));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('leaves the text of a correction of a rescue or its place to be seen, though nobody is shown', async () => {
    const first = rescue({ counts: { SYR: 8 } });
    const strict = { category: Category.CATEGORY_RESCUE, handling: handling({ purposes: [Purpose.PURPOSE_RESCUE], tlp: 2 }) };
    const moved = { ...first, replacesVersion: 1, place: { country: '', adminCode: 'CO52', route: '', point: undefined } };
    const onlyHidden = { ...rescue({ counts: { SYR: 9 }, place: moved.place }), updateId: first.updateId, replacesVersion: 2 };
    await publishAll([[first], [moved], [onlyHidden]], strict);
    await vi.waitFor(() => expect(seenBy('exact for rescue', first.updateId)).toHaveLength(3));
    expect(seenBy('syria for rescue', first.updateId).map(({ view }) => [view.version, view.place?.adminCode])).toEqual([[1, ''], [2, 'CO52']]);
  });
});

// The package's types describe its CommonJS build; the default export of its ES module is the loader itself.
const isLoader = (value: unknown): value is () => Promise<Highs> => typeof value === 'function';

/** Everything several subscribers received of one report, as equations over its true cells. */
interface Equation {
  readonly unknowns: readonly string[];
  readonly sum: number;
}

describe('everything that all subscribers receive of a report', () => {
  it('bounds no small count more tightly than from 1 to the threshold less 1', async () => {
    const solver = await (isLoader(highs) ? highs() : expect.fail('the solver has no loader'));
    const keys = ['AFG', 'ERI', 'FRA', 'IRQ', 'SYR'];
    const count = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) }, { weight: 2, arbitrary: fc.integer({ min: 10, max: 45 }) }, { weight: 2, arbitrary: fc.integer({ min: 46, max: 999 }) });
    const table = fc.tuple(...keys.map(() => count));
    const thread = fc.tuple(table, fc.array(fc.tuple(...keys.map(() => fc.option(count, { nil: undefined }))), { maxLength: 2 }));
    let audited = 0;
    await fc.assert(
      fc.asyncProperty(thread, async ([first, corrections]) => {
        const { updateId } = movement();
        const tables: Readonly<Record<string, number>>[] = [Object.fromEntries(keys.map((key, i) => [key, first[i] ?? 0]))];
        for (const change of corrections) {
          const before = tables.at(-1) ?? {};
          tables.push(Object.fromEntries(keys.map((key, i) => [key, change[i] ?? before[key] ?? 0])));
        }
        await publishAll(tables.map((counts, replacesVersion) => [movement({ updateId, replacesVersion, counts })]));
        const equations: Equation[] = [];
        for (const id of subscribers.keys()) {
          for (const { view } of seenBy(id, updateId)) {
            if (view.content?.$case === 'movement') equations.push(...told(view.content.value, versionOf(tables, id, view.version), keys));
          }
        }
        const small = new Set(tables.flatMap((counts) => keys.filter((key) => (counts[key] ?? 0) < 10).map((key) => `${key}=${counts[key]}`)));
        for (const target of small) {
          audited += 1;
          const { low, high } = range(solver, equations, target);
          if (low > 1 + 1e-6 || high < 9 - 1e-6) expect.fail(`${target} lies from ${low} to ${high}: ${JSON.stringify(tables)}`);
        }
      }),
      { numRuns: 30 },
    );
    expect(audited).toBeGreaterThan(30);
  }, 60_000);
});

const firewalled: Readonly<Record<string, readonly string[]>> = { syria: ['SYR'], eritrea: ['ERI'], union: ['SYR', 'IRQ'], china: [] };

/** The table behind a version of somebody's view: for a State authority the first one with what it shows. */
function versionOf(tables: readonly Readonly<Record<string, number>>[], id: string, version: number): Readonly<Record<string, number>> {
  const hidden = firewalled[id];
  if (hidden === undefined) return tables[version - 1] ?? {};
  // What is equal is one unknown, so any table in which the shown rows have these values serves.
  return tables[version - 1] ?? tables.at(-1) ?? {};
}

function told(table: MovementTable, counts: Readonly<Record<string, number>>, keys: readonly string[]): readonly Equation[] {
  const shown = table.rows.filter(({ key }) => key !== 'OTHER');
  const unknown = (key: string, value: number): string => `${key}=${value}`;
  const rows = shown.filter(({ count }) => count?.state === CountState.COUNT_STATE_KNOWN).map(({ key, count }) => ({ unknowns: [unknown(key, Number(count?.value))], sum: Number(count?.value) }));
  const hidden = keys.filter((key) => !shown.some((row) => row.key === key));
  const other = table.rows.find(({ key }) => key === 'OTHER')?.count;
  const equations: Equation[] = [...rows];
  if (other?.state === CountState.COUNT_STATE_KNOWN) equations.push({ unknowns: hidden.map((key) => unknown(key, counts[key] ?? 0)), sum: Number(other.value) });
  const { total } = table;
  if (total?.state === CountState.COUNT_STATE_KNOWN && (other !== undefined || hidden.length === 0 || shown.length === 0)) {
    equations.push({ unknowns: keys.map((key) => unknown(key, counts[key] ?? 0)), sum: Number(total.value) });
  }
  return equations;
}

function range(solver: Highs, equations: readonly Equation[], target: string): { readonly low: number; readonly high: number } {
  const names = new Map<string, string>();
  const name = (unknown: string): string => {
    const given = names.get(unknown) ?? `x${names.size}`;
    names.set(unknown, given);
    return given;
  };
  const wanted = name(target);
  const rows = equations.map(({ unknowns, sum }, i) => ` e${i}: ${unknowns.map(name).join(' + ')} = ${sum}`).join('\n');
  const solve = (sense: string): number => {
    const solution = solver.solve(`${sense}\n obj: ${wanted}\nSubject To\n${rows}\n cap: ${wanted} <= 100000\nEnd\n`, { presolve: 'off' });
    if (solution.Status !== 'Optimal') throw new Error(`the true table is a solution, yet: ${solution.Status}`);
    return solution.ObjectiveValue;
  };
  return { low: solve('Minimize'), high: solve('Maximize') };
}
