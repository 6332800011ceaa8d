import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actorId, agencyId, ManualClock } from '@corridor/kernel';
import { handlingTo, type Caller } from '@corridor/runtime';
import type { Clause, Handling } from '@corridor/policy';
import { adopt, ANALYSTS, AUTHORITY, DAY, handling, id, meet, openFollowup, person, proposed, report, SECRETARIAT, START, temporaryFolder, world, type TestFollowup } from './followup.testing.ts';

const [secretariat, authority, analysts] = [person(SECRETARIAT), person(AUTHORITY), person(ANALYSTS)];
const name = `recommendations/${id(1)}`;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let clock: ManualClock;
let followup: TestFollowup;

beforeEach(async () => {
  folder = await temporaryFolder();
  clock = new ManualClock(START);
  followup = await openFollowup(folder.path, { clock });
  await followup.know(...world());
  await meet(followup);
  await adopt(followup, proposed(1, { addressees: [`agencies/${AUTHORITY}`] }));
  await followup.call('reportProgress', report(1, 10, 2), authority);
});
afterEach(async () => {
  await followup.close();
  await folder.remove();
});

/** Has the parties agree anew. */
const agree = (change: Partial<Clause>) =>
  followup.know(
    ...world().flatMap((event) =>
      event.kind === 'agreement' ? [{ ...event, fact: { ...event.fact, version: 2, clauses: event.fact.clauses.map((clause) => ({ ...clause, ...change })) } }] : [],
    ),
  );
const textFor = async (reader: Caller): Promise<string | undefined> =>
  (await followup.call('getRecommendation', { name, asOf: undefined }, reader)).recommendation?.addressees[0]?.reports[0]?.text;

describe('whoever is admitted by agreement', () => {
  it('sees no free texts where the agreement wants no breakdown', async () => {
    expect(await textFor(analysts)).toBe('What was done.');
    await agree({ withoutBreakdown: true });
    expect([await textFor(analysts), await textFor(authority)]).toEqual(['', 'What was done.']);
  });

  it('sees nothing any more when the time is over that the agreement grants, while the addressed still do', async () => {
    await agree({ retentionDays: 1 });
    clock.advance(DAY - 1);
    expect(await textFor(analysts)).toBe('What was done.');
    clock.advance(1);
    await expect(textFor(analysts)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    expect(await textFor(authority)).toBe('What was done.');
  });

  it('does not learn how an object stood when it was under a stricter handling', async () => {
    const put = (conditions: Partial<Handling>) =>
      followup.call(
        'putPlan',
        {
          plan: {
            name: `agencies/${SECRETARIAT}/plans/desks`,
            version: 0n,
            title: 'Desks',
            recommendations: [name],
            milestones: [{ milestoneId: 'm1', text: 'Open.', dueTime: new Date(START), reachTime: undefined, timeliness: 0 }],
            indicators: [],
            handling: handlingTo(handling(conditions)),
            area: 'ITA',
          },
          expectedVersion: 0n,
        },
        secretariat,
      );
    await put({ tlp: 'red', namedActors: [{ agency: agencyId(SECRETARIAT), actor: actorId('staff-1') }] });
    clock.advance(DAY);
    await put({});
    const plan = async (reader: Caller, asOf?: Date) => (await followup.call('getPlan', { name: `agencies/${SECRETARIAT}/plans/desks`, asOf }, reader)).plan?.version;
    expect([await plan(analysts), await plan(secretariat, new Date(START))]).toEqual([2n, 1n]);
    await expect(plan(analysts, new Date(START))).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });
});

describe('a change', () => {
  const conflict = { reason: 'VERSION_CONFLICT' };
  const obstacle = { name, obstacleId: id(3), text: 'No interpreters.', owner: `agencies/${AUTHORITY}`, remedy: '', expectedVersion: 0n };

  it('of whatever kind is refused to whoever read an older version', async () => {
    const [late, current] = [1n, 2n];
    await expect(followup.call('reportProgress', { ...report(1, 11, 2), expectedVersion: late }, authority)).rejects.toMatchObject(conflict);
    await expect(followup.call('verifyProgress', { name, reportId: id(10), verification: 2, text: '', expectedVersion: late }, secretariat)).rejects.toMatchObject(conflict);
    await expect(followup.call('openObstacle', { ...obstacle, expectedVersion: late }, authority)).rejects.toMatchObject(conflict);
    await followup.call('openObstacle', { ...obstacle, expectedVersion: current }, authority);
    await expect(followup.call('resolveObstacle', { name, obstacleId: id(3), resolution: 'Found some.', expectedVersion: current }, authority)).rejects.toMatchObject(conflict);
    await expect(followup.call('markDuplicate', { name, duplicateOf: '', expectedVersion: current }, secretariat)).rejects.toMatchObject(conflict);
  });

  it('names nobody who is not there as who has to remove an obstacle', async () => {
    await expect(followup.call('openObstacle', { ...obstacle, owner: 'agencies/nobody-knows' }, authority)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT', metadata: { field: 'owner' } });
  });
});
