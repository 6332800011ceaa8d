import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ListRecommendationsResponse } from '@corridor/contracts/followup/v1/followup';
import { Implementation, Position, Timeliness, Verification, type Plan } from '@corridor/contracts/followup/v1/resources';
import { actorId, agencyId, CorridorError, ManualClock, newUuid } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import { handlingTo, openKeys, sealedCollection, SealedDocuments, TOPICS } from '@corridor/runtime';
import type { StoredBatch } from './application/followup.ts';
import { BATCHES, RECOMMENDATIONS } from './application/stored.ts';
import { flowFrom } from './rpc/from-wire.ts';
import {
  adopt,
  AUTHORITY,
  DAY,
  flow,
  focalPoint,
  handling,
  id,
  listed,
  MASTER_KEY,
  meet,
  openFollowup,
  page,
  person,
  proposed,
  RELIEF,
  report,
  SECRETARIAT,
  START,
  STRANGER,
  temporaryFolder,
  world,
  type TestFollowup,
} from './followup.testing.ts';

const [authority, relief, secretariat] = [person(AUTHORITY), person(RELIEF), person(SECRETARIAT)];
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let clock: ManualClock;
let followup: TestFollowup;

beforeEach(async () => {
  folder = await temporaryFolder();
  clock = new ManualClock(START);
  followup = await openFollowup(folder.path, { clock });
  await followup.know(...world());
  await meet(followup);
});
afterEach(async () => {
  await followup.close();
  await folder.remove();
});

/** Follow-up over the same file, as after a restart. */
async function restart(): Promise<void> {
  await followup.close();
  followup = await openFollowup(folder.path, { clock });
}
const name = (n: number): string => `recommendations/${id(n)}`;
const got = async (n: number, caller = secretariat, asOf?: Date) => (await followup.call('getRecommendation', { name: name(n), asOf }, caller)).recommendation;
const status = async (asOf?: Date) => followup.call('getStatus', { filter: undefined, asOf }, secretariat);

describe('the life of a recommendation', () => {
  it('goes from adoption by reports, an obstacle and a peer to done, each step an event of its own, sealed, in order', async () => {
    await adopt(followup, proposed(1, { addressees: [`agencies/${AUTHORITY}`] }));
    await followup.call('setPosition', { name: name(1), position: Position.POSITION_ACCEPTED, text: '', expectedVersion: 0n }, authority);
    await followup.call('reportProgress', report(1, 2, Implementation.IMPLEMENTATION_IN_PROGRESS), authority);
    const obstacle = { name: name(1), obstacleId: id(3), text: 'No interpreters.', owner: `agencies/${SECRETARIAT}`, remedy: '', expectedVersion: 0n };
    await followup.call('openObstacle', obstacle, authority);
    await expect(followup.call('reportProgress', report(1, 4, Implementation.IMPLEMENTATION_IMPLEMENTED), authority)).rejects.toMatchObject({ reason: 'STATE_FORBIDS' });
    await followup.call('resolveObstacle', { name: name(1), obstacleId: id(3), resolution: 'Found some.', expectedVersion: 0n }, authority);
    await followup.call('reportProgress', report(1, 4, Implementation.IMPLEMENTATION_IMPLEMENTED), authority);
    await expect(
      followup.call('verifyProgress', { name: name(1), reportId: id(4), verification: Verification.VERIFICATION_PEER_VERIFIED, text: '', expectedVersion: 0n }, authority),
    ).rejects.toMatchObject({ reason: 'FOUR_EYES' });
    await followup.call('verifyProgress', { name: name(1), reportId: id(4), verification: Verification.VERIFICATION_PEER_VERIFIED, text: 'Seen.', expectedVersion: 0n }, secretariat);
    expect((await got(1))?.addressees).toMatchObject([
      { position: Position.POSITION_ACCEPTED, implementation: Implementation.IMPLEMENTATION_IMPLEMENTED, verification: Verification.VERIFICATION_PEER_VERIFIED },
    ]);
    await restart();
    expect((await got(1))?.version).toBe(7n);
    const events = await followup.events();
    const steps = events.filter(({ cause }) => cause !== 'meeting.created');
    expect(steps.map(({ cause, version }) => `${version} ${cause}`)).toEqual([
      '1 recommendation.adopted',
      '2 position.set',
      '3 progress.reported',
      '4 obstacle.opened',
      '5 obstacle.resolved',
      '6 progress.reported',
      '7 progress.verified',
    ]);
    expect(events.every(({ sealed }) => sealed)).toBe(true);
  });

  it('is refused to whoever read an older version', async () => {
    await adopt(followup, proposed(1));
    await followup.call('setPosition', { name: name(1), position: Position.POSITION_NOTED, text: '', expectedVersion: 1n }, authority);
    const late = { name: name(1), position: Position.POSITION_ACCEPTED, text: '', expectedVersion: 1n };
    await expect(followup.call('setPosition', late, relief)).rejects.toMatchObject({ reason: 'VERSION_CONFLICT' });
  });

  it('is reported by the focal points, and by a deputy only in the holder\'s absence', async () => {
    await adopt(followup, proposed(1));
    await followup.know(focalPoint(AUTHORITY));
    const by = (actor: string) => followup.call('reportProgress', report(1, 20, 2), person(AUTHORITY, actor));
    await expect(by('staff-3')).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await expect(by('staff-2')).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await followup.know(focalPoint(AUTHORITY, { version: 2, absentUntil: START + DAY }));
    expect((await by('staff-2')).recommendation?.version).toBe(2n);
    // The same report again, by whoever may.
    expect((await by('staff-1')).recommendation?.version).toBe(2n);
  });
});

describe('adoption', () => {
  it('is of all or none; the bad one is named by its index', async () => {
    const call = followup.call('adoptRecommendations', { meeting: 'meetings/forum', recommendations: [proposed(1), proposed(2, { addressees: [] })], validateOnly: false }, secretariat);
    await expect(call).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT', metadata: { field: 'recommendations[1].addressees' } });
    expect(await listed(followup, secretariat)).toEqual([]);
  });

  it('only checks when it is asked to', async () => {
    const request = { meeting: 'meetings/forum', recommendations: [proposed(1)], validateOnly: true };
    expect(await followup.call('adoptRecommendations', request, secretariat)).toEqual({ recommendations: [] });
    expect(await listed(followup, secretariat)).toEqual([]);
  });

  it('recognises a repeat, also beside what is new, and refuses other content under an id', async () => {
    await adopt(followup, proposed(1));
    await followup.call('setPosition', { name: name(1), position: Position.POSITION_NOTED, text: '', expectedVersion: 0n }, authority);
    expect((await adopt(followup, proposed(1), proposed(2))).map(({ reference, version }) => [reference, version])).toEqual([['R1', 2n], ['R2', 1n]]);
    await expect(adopt(followup, proposed(3), proposed(2, { text: 'Other.' }))).rejects.toMatchObject({
      reason: 'ALREADY_EXISTS',
      metadata: { field: 'recommendations[1].recommendation_id' },
    });
    expect(await listed(followup, secretariat)).toEqual(['R1', 'R2']);
  });

  it('closes no circle of repeats, within a call or over several', async () => {
    const repeats = (n: number, of: number) => proposed(n, { duplicateOf: name(of) });
    await expect(adopt(followup, repeats(1, 2), repeats(2, 3), repeats(3, 1))).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
    await expect(adopt(followup, repeats(1, 9))).rejects.toMatchObject({ metadata: { field: 'recommendations[0].duplicate_of' } });
    await adopt(followup, proposed(1), repeats(2, 1));
    const mark = (n: number, of: string) => followup.call('markDuplicate', { name: name(n), duplicateOf: of, expectedVersion: 0n }, secretariat);
    await expect(mark(1, name(2))).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT', metadata: { field: 'duplicate_of' } });
    await mark(2, '');
    expect((await mark(1, name(2))).recommendation?.duplicateOf).toBe(name(2));
    expect((await status()).recommendations).toBe(1);
  });

  it('recognises a repeat whatever has been said since of what it repeats', async () => {
    const both = [proposed(1), proposed(2, { duplicateOf: name(1) })] as const;
    await adopt(followup, ...both);
    const mark = (of: number, original: string) => followup.call('markDuplicate', { name: name(of), duplicateOf: original, expectedVersion: 0n }, secretariat);
    await mark(2, '');
    await mark(1, name(2));
    expect((await adopt(followup, both[1])).map(({ reference, duplicateOf }) => [reference, duplicateOf])).toEqual([['R2', '']]);
    // What is new is checked against what stands, not against what was said of it at first.
    await expect(adopt(followup, both[0], both[1], proposed(3, { duplicateOf: name(1) }))).resolves.toHaveLength(3);
  });

  it('closes no circle of repeats by two marks at once either', async () => {
    await adopt(followup, proposed(1), proposed(2));
    const mark = (n: number, of: string) => followup.call('markDuplicate', { name: name(n), duplicateOf: of, expectedVersion: 0n }, secretariat);
    for (let round = 0; round < 5; round += 1) {
      const outcomes = await Promise.allSettled([mark(1, name(2)), mark(2, name(1))]);
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused.length).toBeGreaterThan(0);
      for (const { reason } of refused) expect(['VERSION_CONFLICT', 'INVALID_ARGUMENT']).toContain(CorridorError.from(reason).reason);
      expect((await status()).recommendations).toBe(2 - (outcomes.length - refused.length));
      await mark(1, '');
      await mark(2, '');
    }
  });

  it('tells nobody whether there is an original that it may not see', async () => {
    const mine = { ...proposed(1), handling: handlingTo(handling()) };
    await adopt(followup, mine);
    const theirs = { meetingId: 'theirs', meeting: { name: '', version: 0n, title: 'Theirs', meetingTime: new Date(START), secretariat: '', group: '', handling: handlingTo(handling()) } };
    await followup.call('createMeeting', theirs, person(STRANGER));
    const refusal = (of: number) =>
      followup
        .call('adoptRecommendations', { meeting: 'meetings/theirs', recommendations: [proposed(2, { duplicateOf: name(of) })], validateOnly: true }, person(STRANGER))
        .then(() => 'adopted', (error: unknown) => String(error));
    expect(await refusal(1)).toBe(await refusal(99));
    expect(await refusal(1)).toContain('must name a recommendation that is there');
  });

  it('is the secretariat\'s, of a meeting it keeps', async () => {
    const request = { meeting: 'meetings/forum', recommendations: [proposed(1)], validateOnly: false };
    await expect(followup.call('adoptRecommendations', request, relief)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await meet(followup, 'group-forum', { group: 'groups/task-force' });
    await expect(followup.call('adoptRecommendations', { ...request, meeting: 'meetings/group-forum' }, relief)).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });
});

describe('as of a past moment', () => {
  it('stands what stood then, and its timeliness is that of then', async () => {
    await adopt(followup, proposed(1, { dueTime: new Date(START + 2 * DAY), addressees: [`agencies/${AUTHORITY}`] }));
    clock.advance(DAY);
    await followup.call('reportProgress', report(1, 2, Implementation.IMPLEMENTATION_IN_PROGRESS), authority);
    clock.advance(2 * DAY);
    const axes = async (asOf?: Date) => (await got(1, secretariat, asOf))?.addressees.map(({ implementation, timeliness }) => [implementation, timeliness]);
    expect(await axes()).toEqual([[Implementation.IMPLEMENTATION_IN_PROGRESS, Timeliness.TIMELINESS_OVERDUE]]);
    expect(await axes(new Date(START + DAY))).toEqual([[Implementation.IMPLEMENTATION_IN_PROGRESS, Timeliness.TIMELINESS_ON_TIME]]);
    expect(await axes(new Date(START + DAY - 1))).toEqual([[Implementation.IMPLEMENTATION_NOT_STARTED, Timeliness.TIMELINESS_ON_TIME]]);
    expect((await status(new Date(START))).counts.map(({ implementation }) => implementation)).toEqual([Implementation.IMPLEMENTATION_NOT_STARTED]);
    await expect(got(1, secretariat, new Date(START - 1))).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    expect(await listed(followup, secretariat, { asOf: new Date(START - 1) })).toEqual([]);
    await expect(got(1, secretariat, new Date(clock.now() + 1))).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT', metadata: { field: 'as_of' } });
  });

  it('stand plans and flows too', async () => {
    await adopt(followup, proposed(1));
    const put = (title: string) => followup.call('putPlan', { plan: plan(title), expectedVersion: 0n }, authority);
    await put('First');
    clock.advance(DAY);
    await put('Second');
    const titles = async (asOf?: Date) => (await followup.call('listPlans', { parent: '', asOf, ...page }, authority)).plans.map(({ title, version }) => [title, version]);
    expect([await titles(), await titles(new Date(START))]).toEqual([[['Second', 2n]], [['First', 1n]]]);
    await followup.call('recordContributions', { contributions: [flow('f')], validateOnly: false }, secretariat);
    clock.advance(DAY);
    await followup.call('recordContributions', { contributions: [flow('f', { stage: 3, amount: 90n })], validateOnly: false }, secretariat);
    const sums = async (asOf?: Date) => (await followup.call('sumContributions', { filter: undefined, asOf }, secretariat)).sums.map(({ stage, amount }) => [stage, amount]);
    expect([await sums(), await sums(new Date(START + DAY))]).toEqual([[[3, 90n]], [[1, 100n]]]);
  });
});

const plan = (title: string): Plan => ({
  name: `agencies/${AUTHORITY}/plans/desks`,
  version: 0n,
  title,
  recommendations: [name(1)],
  milestones: [{ milestoneId: 'first', text: 'One', dueTime: new Date(START + DAY), reachTime: undefined, timeliness: 0 }],
  indicators: [{ indicatorId: 'desks', text: 'Desks', unit: 'desks', baseline: -1n, target: 5n, actual: 0n, measureTime: new Date(START) }],
  handling: handlingTo(handling()),
  area: 'ITA',
});

describe('a plan', () => {
  it('is its agency\'s, for recommendations that the agency may see', async () => {
    await adopt(followup, proposed(1, { addressees: [`agencies/${AUTHORITY}`] }));
    expect((await followup.call('putPlan', { plan: plan('Desks'), expectedVersion: 0n }, authority)).plan).toMatchObject({ indicators: [{ baseline: -1n, actual: 0n }], milestones: [{ timeliness: 1 }] });
    await expect(followup.call('putPlan', { plan: plan('Desks'), expectedVersion: 0n }, relief)).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    const other = { ...plan('Desks'), name: `agencies/${RELIEF}/plans/desks` };
    await expect(followup.call('putPlan', { plan: other, expectedVersion: 0n }, relief)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await expect(followup.call('putPlan', { plan: plan('Desks'), expectedVersion: 7n }, authority)).rejects.toMatchObject({ reason: 'VERSION_CONFLICT' });
    await expect(followup.call('putPlan', { plan: { ...plan('Desks'), milestones: [] }, expectedVersion: 0n }, authority)).rejects.toMatchObject({ metadata: { field: 'plan.milestones' } });
  });
});

describe('contributions', () => {
  const record = (...contributions: readonly ReturnType<typeof flow>[]) => followup.call('recordContributions', { contributions, validateOnly: false }, secretariat);

  it('are flows that count once however often they are reported, also within one call', async () => {
    expect(await record(flow('a'), flow('a'), flow('b'), flow('a', { stage: 2 }))).toEqual({ created: 2, updated: 1, repeatedReports: 1 });
    expect(await record(flow('a', { stage: 2 }), flow('b', { amount: 7n, decisionTime: new Date(START + 1) }))).toEqual({ created: 0, updated: 1, repeatedReports: 1 });
    const { contributions } = await followup.call('listContributions', { filter: undefined, asOf: undefined, ...page }, secretariat);
    expect(contributions.map(({ flowId, reports, stage, amount }) => [flowId, reports, stage, amount])).toEqual([['a', 4, 2, 100n], ['b', 2, 1, 7n]]);
  });

  it('count a report once, however often its batch is finished; and a batch leaves nothing behind', async () => {
    const items = [flow('a'), flow('b'), flow('a', { stage: 2 })].map((one, i) => flowFrom(one, agencyId(SECRETARIAT), `contributions[${i}]`));
    const batch: StoredBatch = { id: newUuid(START), by: { agency: agencyId(SECRETARIAT), actor: actorId('staff-1') }, kind: 'contributions', items };
    await followup.close();
    for (let finished = 0; finished < 2; finished += 1) {
      const store = await openSqliteStore({ file: join(folder.path, 'corridor.db'), topics: Object.values(TOPICS), clock });
      const raw = await store.documents.collection(sealedCollection(BATCHES));
      expect(await raw.get(batch.id)).toBeUndefined();
      const keys = await openKeys({ store: store.documents, masterKey: MASTER_KEY });
      await new SealedDocuments(raw, BATCHES, keys.data).create(batch.id, batch);
      expect((await raw.get(batch.id))?.doc.body.kind).toBe('sealed');
      await store.close();
      followup = await openFollowup(folder.path, { clock });
      const { contributions } = await followup.call('listContributions', { filter: undefined, asOf: undefined, ...page }, secretariat);
      expect(contributions.map(({ flowId, reports, stage }) => [flowId, reports, stage])).toEqual([['a', 2, 2], ['b', 1, 1]]);
      await followup.close();
    }
    followup = await openFollowup(folder.path, { clock });
  });

  it('are only checked when that is asked', async () => {
    const request = { contributions: [flow('a')], validateOnly: true };
    expect(await followup.call('recordContributions', request, secretariat)).toEqual({ created: 0, updated: 0, repeatedReports: 0 });
    expect((await followup.call('listContributions', { filter: undefined, asOf: undefined, ...page }, secretariat)).contributions).toEqual([]);
  });

  it('are recorded all or none; the bad one is named by its index', async () => {
    await expect(record(flow('a'), flow('b', { area: 'ATLANTIS' }))).rejects.toMatchObject({ reason: 'UNKNOWN_PLACE', metadata: { field: 'contributions[1].area' } });
    await expect(record(flow('a'), flow('a', { unit: 5 }))).rejects.toMatchObject({ reason: 'ALREADY_EXISTS', metadata: { field: 'contributions[1]' } });
    expect((await followup.call('sumContributions', { filter: undefined, asOf: undefined }, secretariat)).sums).toEqual([]);
  });
});

describe('lists', () => {
  it('come in pages that a token goes on from, for the same request alone', async () => {
    await adopt(followup, ...[1, 2, 3, 4, 5].map((n) => proposed(n)));
    const request = { filter: undefined, asOf: undefined, pageSize: 2, pageToken: '' };
    const first = await followup.call('listRecommendations', request, secretariat);
    const second = await followup.call('listRecommendations', { ...request, pageToken: first.nextPageToken }, secretariat);
    const third = await followup.call('listRecommendations', { ...request, pageToken: second.nextPageToken }, secretariat);
    expect([first, second, third].map(({ recommendations }) => recommendations.map(({ reference }) => reference))).toEqual([['R1', 'R2'], ['R3', 'R4'], ['R5']]);
    expect(third.nextPageToken).toBe('');
    const other = { ...request, asOf: new Date(START), pageToken: first.nextPageToken };
    await expect(followup.call('listRecommendations', other, secretariat)).rejects.toMatchObject({ reason: 'PAGE_TOKEN_INVALID' });
    await expect(followup.call('listRecommendations', { ...request, pageToken: first.nextPageToken }, relief)).rejects.toMatchObject({ reason: 'PAGE_TOKEN_INVALID' });
  });
});

describe('what one call takes and gives', () => {
  it('is at most a few megabytes, however long a page may be: the token goes on', async () => {
    const long = (n: number) => proposed(n, { text: 'ش'.repeat(8000) });
    for (const first of [1, 101]) await adopt(followup, ...Array.from({ length: 100 }, (_, i) => long(first + i)));
    const request = { filter: undefined, asOf: undefined, pageSize: 1000, pageToken: '' };
    const first = await followup.call('listRecommendations', request, secretariat);
    expect(ListRecommendationsResponse.encode(first).finish().length).toBeLessThan(3_000_000);
    const second = await followup.call('listRecommendations', { ...request, pageToken: first.nextPageToken }, secretariat);
    expect(second.nextPageToken).toBe('');
    const found = [first, second].flatMap(({ recommendations }) => recommendations.map(({ name: of }) => of));
    expect([found.length, new Set(found).size]).toEqual([200, 200]);
  });

  it('are filters of a bounded length', async () => {
    const filter = { meeting: '', addressees: Array.from({ length: 201 }, (_, i) => `agencies/a${i}`), themes: [], implementations: [], overdue: false, blocked: false };
    await expect(followup.call('getStatus', { filter, asOf: undefined }, secretariat)).rejects.toMatchObject({ metadata: { field: 'filter.addressees' } });
  });
});

describe('at the end of its retention', () => {
  it('an object is gone at once, and its id stays taken', async () => {
    await meet(followup, 'short', { handling: { retentionDays: 1 } });
    await followup.call('adoptRecommendations', { meeting: 'meetings/short', recommendations: [proposed(1)], validateOnly: false }, secretariat);
    clock.advance(DAY - 1);
    expect(await listed(followup, authority)).toEqual(['R1']);
    clock.advance(1);
    expect(await listed(followup, authority)).toEqual([]);
    await expect(got(1, authority)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    // The lease of whoever did it before is over by then.
    clock.advance(DAY);
    await restart();
    await expect(got(1, secretariat)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await expect(adopt(followup, proposed(1))).rejects.toMatchObject({ reason: 'ALREADY_EXISTS' });
    await followup.close();
    const store = await openSqliteStore({ file: join(folder.path, 'corridor.db'), topics: Object.values(TOPICS), clock });
    const documents = await store.documents.collection(sealedCollection(RECOMMENDATIONS));
    expect((await documents.get(id(1)))?.doc).toMatchObject({ keys: { adopted: [], until: [] }, body: { kind: 'clear' } });
    await store.close();
    followup = await openFollowup(folder.path, { clock });
  });

  it('a plan is not put any more', async () => {
    await adopt(followup, proposed(1));
    const put = () => followup.call('putPlan', { plan: { ...plan('Desks'), handling: handlingTo(handling({ retentionDays: 1 })) }, expectedVersion: 0n }, authority);
    expect((await put()).plan?.version).toBe(1n);
    clock.advance(DAY);
    await expect(put()).rejects.toMatchObject({ reason: 'STATE_FORBIDS' });
  });

  it('a flow is not reported any more', async () => {
    const short = flow('a', { handling: handlingTo(handling({ retentionDays: 1 })) });
    await followup.call('recordContributions', { contributions: [short], validateOnly: false }, secretariat);
    clock.advance(DAY);
    const again = () => followup.call('recordContributions', { contributions: [short], validateOnly: false }, secretariat);
    await expect(again()).rejects.toMatchObject({ message: expect.stringContaining('past its retention') });
    await restart();
    await expect(again()).rejects.toMatchObject({ message: expect.stringContaining('past its retention') });
  });
});
