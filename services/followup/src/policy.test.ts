import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorId, agencyId } from '@corridor/kernel';
import { handlingTo, type Caller } from '@corridor/runtime';
import {
  adopt,
  agency,
  ANALYSTS,
  AUTHORITY,
  consent,
  flow,
  handling,
  HOMELAND,
  id,
  listed,
  meet,
  openFollowup,
  page,
  person,
  proposed,
  RELIEF,
  report,
  SECRETARIAT,
  STRANGER,
  temporaryFolder,
  world,
  type TestFollowup,
} from './followup.testing.ts';

const secretariat = person(SECRETARIAT);
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let followup: TestFollowup;

beforeAll(async () => {
  folder = await temporaryFolder();
  followup = await openFollowup(folder.path);
  await followup.know(...world());
  await meet(followup, 'forum', { group: 'groups/task-force' });
  const red = handlingTo(handling({ tlp: 'red', namedActors: [{ agency: agencyId(AUTHORITY), actor: actorId('staff-1') }] }));
  await adopt(followup, proposed(1, { addressees: [`agencies/${AUTHORITY}`] }), proposed(2, { addressees: [`agencies/${AUTHORITY}`], handling: red }));
  await followup.call('reportProgress', report(1, 10, 2), person(AUTHORITY));
  await followup.call('recordContributions', { contributions: [flow('a', { description: 'For reception.' })], validateOnly: false }, secretariat);
});
afterAll(async () => {
  await followup.close();
  await folder.remove();
});

const name = (n: number): string => `recommendations/${id(n)}`;
const reads = async (caller: Caller, n: number): Promise<string> =>
  followup.call('getRecommendation', { name: name(n), asOf: undefined }, caller).then(
    ({ recommendation }) => recommendation?.addressees[0]?.reports[0]?.text ?? 'nothing reported',
    (error: unknown) => (typeof error === 'object' && error !== null && 'reason' in error ? String(error.reason) : String(error)),
  );
const finds = async (caller: Caller) => ({
  listed: await listed(followup, caller),
  counted: (await followup.call('getStatus', { filter: undefined, asOf: undefined }, caller)).recommendations,
  flows: (await followup.call('listContributions', { filter: undefined, asOf: undefined, ...page }, caller)).contributions.map(({ description }) => description),
  sums: (await followup.call('sumContributions', { filter: undefined, asOf: undefined }, caller)).sums.length,
  meetings: (await followup.call('listMeetings', page, caller)).meetings.length,
});

describe('who sees what of follow-up', () => {
  it.each<[string, Caller, { readonly amber: string; readonly red: string; readonly found: Awaited<ReturnType<typeof finds>> }]>([
    ['the secretariat sees everything', secretariat, { amber: 'What was done.', red: 'nothing reported', found: { listed: ['R1', 'R2'], counted: 2, flows: ['For reception.'], sums: 1, meetings: 1 } }],
    ['the addressed see what is addressed to them, RED who is named', person(AUTHORITY), { amber: 'What was done.', red: 'nothing reported', found: { listed: ['R1', 'R2'], counted: 2, flows: [], sums: 0, meetings: 1 } }],
    ['nobody else of the addressed sees what is RED', person(AUTHORITY, 'staff-2'), { amber: 'What was done.', red: 'NOT_FOUND', found: { listed: ['R1'], counted: 1, flows: [], sums: 0, meetings: 1 } }],
    ['whom agreement and consent admit for planning', person(ANALYSTS), { amber: 'What was done.', red: 'NOT_FOUND', found: { listed: ['R1'], counted: 1, flows: ['For reception.'], sums: 1, meetings: 0 } }],
    ['an authority behind the firewall sees where things stand, no texts', person(HOMELAND), { amber: '', red: 'NOT_FOUND', found: { listed: ['R1'], counted: 1, flows: [''], sums: 1, meetings: 0 } }],
    ['members of the group that met see the meeting, not what it adopted for others', person(RELIEF), { amber: 'NOT_FOUND', red: 'NOT_FOUND', found: { listed: [], counted: 0, flows: [], sums: 0, meetings: 1 } }],
    ['a stranger sees nothing', person(STRANGER), { amber: 'NOT_FOUND', red: 'NOT_FOUND', found: { listed: [], counted: 0, flows: [], sums: 0, meetings: 0 } }],
  ])('%s', async (_, caller, { amber, red, found }) => {
    expect([await reads(caller, 1), await reads(caller, 2)]).toEqual([amber, red]);
    expect(await finds(caller)).toEqual(found);
  });

  it('what may not be seen is answered as what is not there, also to whoever would change it', async () => {
    const stranger = person(STRANGER);
    const errors = await Promise.all(
      [name(1), name(99)].map((wanted) => followup.call('getRecommendation', { name: wanted, asOf: undefined }, stranger).catch((error: unknown) => JSON.stringify(error) + String(error))),
    );
    expect(errors[0]).toBe(errors[1]);
    await expect(followup.call('setPosition', { name: name(1), position: 1, text: '', expectedVersion: 0n }, stranger)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await expect(followup.call('setPosition', { name: name(1), position: 1, text: '', expectedVersion: 0n }, person(ANALYSTS))).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await expect(followup.call('verifyProgress', { name: name(1), reportId: id(10), verification: 2, text: '', expectedVersion: 0n }, stranger)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });

  it('is on record: every decision, read and refusal', async () => {
    const ref = `agencies/${SECRETARIAT}/series/forum/updates/${id(1)}`;
    const onRecord = async () => {
      const entries = await followup.recorded();
      const of = entries.flatMap((entry) => (entry.$case === 'read' ? [entry.value] : []));
      return {
        reads: of.filter(({ recipient, updates }) => recipient === `agencies/${ANALYSTS}` && updates.includes(ref)).length,
        refusals: of.filter(({ recipient, refused, reasons }) => recipient === `agencies/${STRANGER}` && refused === ref && reasons.includes('NO_AGREEMENT')).length,
        decisions: entries.flatMap((entry) => (entry.$case === 'decision' ? [`${entry.value.recipient} ${entry.value.series} ${String(entry.value.allowed)}`] : [])),
      };
    };
    const before = await onRecord();
    await reads(person(ANALYSTS), 1);
    await reads(person(STRANGER), 1);
    const after = await onRecord();
    expect([after.reads - before.reads, after.refusals - before.refusals]).toEqual([1, 1]);
    await listed(followup, person(ANALYSTS));
    expect((await onRecord()).reads - after.reads).toBe(1);
    const counted = async ({ agency: of }: Caller) => {
      const read = async () => (await followup.recorded()).flatMap((entry) => (entry.$case === 'read' && entry.value.recipient === `agencies/${of}` ? [entry.value.updates] : []));
      const { length } = await read();
      await followup.call('getStatus', { filter: undefined, asOf: undefined }, person(of));
      return (await read()).slice(length).map((updates) => updates.map((update) => update.replace(/[^/]*$/, '')));
    };
    // A count names the series that it was of.
    expect(await counted(person(ANALYSTS))).toEqual([[`agencies/${SECRETARIAT}/series/forum/updates/`]]);
    expect(await counted(person(STRANGER))).toEqual([[]]);
    expect(after.decisions).toEqual(expect.arrayContaining([`agencies/${ANALYSTS} agencies/${SECRETARIAT}/series/forum true`, `agencies/${STRANGER} agencies/${SECRETARIAT}/series/forum false`]));
  });

  it('ends with a revocation, and with a suspension also for the addressed', async () => {
    await followup.know(consent(ANALYSTS, { version: 2, revoked: true }));
    expect(await reads(person(ANALYSTS), 1)).toBe('NOT_FOUND');
    expect(await finds(person(ANALYSTS))).toMatchObject({ listed: [], counted: 0, flows: [], sums: 0 });
    await followup.know(agency(AUTHORITY, { version: 2, state: 'suspended', kind: 'state-authority', country: 'ITA' }));
    expect(await reads(person(AUTHORITY), 1)).toBe('NOT_FOUND');
  });
});
