import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  AdoptRecommendationsRequest,
  CreateMeetingRequest,
  GetStatusRequest,
  ListContributionsRequest,
  ListRecommendationsRequest,
  MarkDuplicateRequest,
  OpenObstacleRequest,
  PutPlanRequest,
  ReportProgressRequest,
  ResolveObstacleRequest,
  SetPositionRequest,
  SumContributionsRequest,
  VerifyProgressRequest,
} from '@corridor/contracts/followup/v1/followup';
import { Addressee, Contribution, Implementation, Obstacle, Plan, Position, ProgressReport, Recommendation, Theme, Verification } from '@corridor/contracts/followup/v1/resources';
import { answering } from '../testing/answers.ts';
import { actorAt, corridorHere, type Run } from '../testing/command-line.ts';
import { dataFile } from '../testing/files.ts';
import { memoryFollowup, type MemoryFollowup } from '../testing/memory-followup.ts';
import { startStubNode, type StubBehaviour, type StubNode } from '../testing/stub-node.ts';

let folder = '';
const opened: StubNode[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-followup-'));
});
afterEach(() => {
  opened.splice(0).forEach((stub) => stub.kill());
  rmSync(folder, { recursive: true });
});

type Runner = (args: readonly string[], input?: string) => Promise<Run>;

/** Runs command lines as `beta/publisher` at a node of this behaviour. */
async function at(behaviour: StubBehaviour): Promise<Runner> {
  const stub = await startStubNode(behaviour);
  opened.push(stub);
  return (args, input = '') => corridorHere(args, { env: actorAt(stub.address, 'beta/publisher'), input });
}

const done = { status: 0, stderr: '' };
const recommendation: Recommendation = {
  ...Recommendation.fromPartial({ name: 'recommendations/r', meeting: 'meetings/forum', text: 'Give shelter', area: 'JOR' }),
  themes: [Theme.THEME_RECEPTION],
  addressees: [
    {
      ...Addressee.fromPartial({ agency: 'agencies/beta', position: Position.POSITION_ACCEPTED, implementation: Implementation.IMPLEMENTATION_IN_PROGRESS, verification: 1, timeliness: 2 }),
      reports: [ProgressReport.fromPartial({ reportId: 'p', implementation: 2, text: 'Built half', verification: Verification.VERIFICATION_DISPUTED, verifiedBy: 'agencies/alpha/actors/peer', verificationText: 'None seen' })],
      obstacles: [Obstacle.fromPartial({ obstacleId: 'o', text: 'No land', owner: 'agencies/alpha' })],
    },
  ],
};

describe('corridor recommendations', () => {
  it('meeting create enters a meeting', async () => {
    const requests: CreateMeetingRequest[] = [];
    const run = await at({ followup: { createMeeting: answering((request: CreateMeetingRequest) => (requests.push(request), { meeting: { ...request.meeting, name: 'meetings/forum', secretariat: 'agencies/beta' } })) } });
    expect(await run(['recommendations', 'meeting', 'create', 'forum', '--title', 'Forum', '--time', '2026-05-01', '--group', 'coast', '--tlp', 'amber'])).toMatchObject(done);
    expect(requests).toMatchObject([{ meetingId: 'forum', meeting: { title: 'Forum', meetingTime: new Date('2026-05-01'), group: 'groups/coast', handling: { tlp: 3 } } }]);
  });

  it('adopt enters one from flags, with the handling of the meeting unless one is stated, or many from a file', async () => {
    const requests: AdoptRecommendationsRequest[] = [];
    const run = await at({ followup: { adoptRecommendations: answering((request: AdoptRecommendationsRequest) => (requests.push(request), { recommendations: [] })) } });
    const flags = ['--text', 'Give shelter', '--theme', 'reception', '--theme', 'data', '--addressee', 'alpha', '--addressee', 'beta', '--area', 'JOR', '--due', '2027-06-30', '--position', 'accepted'];
    expect(await run(['recommendations', 'adopt', 'forum', ...flags])).toMatchObject(done);
    expect(await run(['recommendations', 'adopt', 'forum', ...flags, '--level', 'none', '--dry-run'])).toMatchObject(done);
    const file = { recommendations: [{ text: 'Give shelter', themes: ['THEME_RECEPTION'] }, { recommendationId: 'given', text: 'x' }] };
    expect(await run(['recommendations', 'adopt', 'forum', '--file', '-'], JSON.stringify(file))).toMatchObject(done);
    expect(requests).toMatchObject([
      { meeting: 'meetings/forum', validateOnly: false, recommendations: [{ themes: [3, 10], addressees: ['agencies/alpha', 'agencies/beta'], dueTime: new Date('2027-06-30'), position: 1, handling: undefined }] },
      { validateOnly: true, recommendations: [{ handling: { personalDataLevel: 1 } }] },
      { recommendations: [{ text: 'Give shelter', recommendationId: expect.stringMatching(/^.{14}7/) }, { recommendationId: 'given' }] },
    ]);
    expect(await run(['recommendations', 'adopt', 'forum', '--text', 'x'])).toMatchObject({ status: 2 });
  });

  it('list and status ask for what the flags say, also of the past', async () => {
    const requests: (ListRecommendationsRequest | GetStatusRequest)[] = [];
    const run = await at({
      followup: {
        listRecommendations: answering((request: ListRecommendationsRequest) => (requests.push(request), { recommendations: [recommendation], nextPageToken: '' })),
        getStatus: answering((request: GetStatusRequest) => (requests.push(request), { counts: [{ position: 1, implementation: 2, verification: 1, timeliness: 2, count: 7 }], recommendations: 5, blocked: 1 })),
      },
    });
    const flags = ['--meeting', 'forum', '--addressee', 'beta', '--theme', 'reception', '--implementation', 'in-progress', '--overdue', '--blocked', '--as-of', '2026-01-31T12:00:00Z'];
    const list = await run(['recommendations', 'list', ...flags]);
    expect(list.stdout).toMatch(/beta: accepted, in-progress, self-reported, overdue, blocked +Give shelter/);
    const status = await run(['recommendations', 'status', ...flags]);
    expect(status.stdout).toMatch(/^accepted +in-progress +self-reported +overdue +7$/m);
    const filter = { meeting: 'meetings/forum', addressees: ['agencies/beta'], themes: [3], implementations: [2], overdue: true, blocked: true };
    expect(requests).toMatchObject([{ filter, asOf: new Date('2026-01-31T12:00:00Z') }, { filter, asOf: new Date('2026-01-31T12:00:00Z') }]);
  });

  it('get shows reports, disputes and obstacles', async () => {
    const run = await at({ followup: { getRecommendation: answering(() => ({ recommendation })) } });
    const { stdout } = await run(['recommendations', 'get', 'r']);
    expect(stdout).toMatch(/says +in-progress: Built half/);
    expect(stdout).toMatch(/verification +disputed by agencies\/alpha\/actors\/peer: None seen/);
    expect(stdout).toMatch(/to be removed +by agencies\/alpha/);
  });

  it('take the steps of addressees and peers', async () => {
    const requests: object[] = [];
    const step = <Req extends object>() => answering((request: Req) => (requests.push(request), { recommendation }));
    const run = await at({
      followup: {
        setPosition: step<SetPositionRequest>(),
        reportProgress: step<ReportProgressRequest>(),
        verifyProgress: step<VerifyProgressRequest>(),
        openObstacle: step<OpenObstacleRequest>(),
        resolveObstacle: step<ResolveObstacleRequest>(),
        markDuplicate: step<MarkDuplicateRequest>(),
      },
    });
    const lines: readonly (readonly string[])[] = [
      ['position', 'r', 'noted', '--text', 'In part'],
      ['report', 'r', 'implemented', '--text', 'Done', '--evidence', 'Act=https://x.example/?a=b', '--evidence', 'Photo=https://y.example/'],
      ['verify', 'r', 'p', 'disputed', '--text', 'None seen'],
      ['obstacle', 'open', 'r', '--text', 'No land', '--owner', 'alpha', '--remedy', 'Lease'],
      ['obstacle', 'resolve', 'r', 'o', '--resolution', 'Leased'],
      ['duplicate', 'r', '--of', 's'],
      ['duplicate', 'r', '--none'],
    ];
    for (const line of lines) expect(await run(['recommendations', ...line])).toMatchObject(done);
    expect(requests).toMatchObject([
      { name: 'recommendations/r', position: Position.POSITION_NOTED, text: 'In part' },
      { implementation: Implementation.IMPLEMENTATION_IMPLEMENTED, evidence: [{ title: 'Act', uri: 'https://x.example/?a=b' }, { title: 'Photo', uri: 'https://y.example/' }], reportId: expect.stringMatching(/^.{14}7/) },
      { reportId: 'p', verification: Verification.VERIFICATION_DISPUTED },
      { owner: 'agencies/alpha', remedy: 'Lease', obstacleId: expect.stringMatching(/^.{14}7/) },
      { obstacleId: 'o', resolution: 'Leased' },
      { duplicateOf: 'recommendations/s' },
      { duplicateOf: '' },
    ]);
  });

  it.each<[string, readonly string[]]>([
    ['an unknown position', ['position', 'r', 'maybe']],
    ['evidence that is not https', ['report', 'r', 'implemented', '--text', 'x', '--evidence', 'Act=http://x.example']],
    ['a repeat of nothing and something', ['duplicate', 'r', '--of', 's', '--none']],
    ['a repeat that is not named', ['duplicate', 'r']],
    ['an unknown theme', ['list', '--theme', 'gossip']],
    ['options of another layout', ['import', '/nonexistent', '--same-text']],
    ['a date that no calendar has', ['list', '--as-of', '2026-02-30']],
  ])('refuse %s before they send anything', async (_, args) => {
    expect(await corridorHere(['recommendations', ...args], { env: actorAt('127.0.0.1:1') })).toMatchObject({ status: 2, stdout: '' });
  });
});

const UPR = dataFile('recommendations/upr_refugee_arab_league_subset.csv');
const SESSIONS = [1, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20].map((session) => `meetings/upr-${session}`);
const stateless = ['recommendations', 'import', UPR, '--layout', 'upr', '--meeting', 'upr-{session}'];
const upr = [...stateless, '--state', 'Syria=SYR'];

describe('corridor recommendations import', () => {
  async function memory(meetings: readonly string[], refuse?: Parameters<typeof memoryFollowup>[1]): Promise<MemoryFollowup & { readonly run: Runner }> {
    const followup = memoryFollowup(meetings, refuse);
    return { ...followup, run: await at({ followup: followup.service }) };
  }

  it('enters the 408 published recommendations once, each for the agency of its country, however often it is run', async () => {
    const { run, recommendations } = await memory(SESSIONS);
    const mapping = join(folder, 'addressees.json');
    writeFileSync(mapping, JSON.stringify({ JOR: 'jordan-interior', LBN: ['lebanon-foreign', 'lebanon-interior'] }));
    const args = [...upr, '--addressee', 'secretariat', '--addressees', mapping, '--addressee-for', 'QAT=qatar-labour,qatar-interior', '--same-text', '--json'];
    const dry = await run([...args, '--dry-run']);
    expect([JSON.parse(dry.stdout), recommendations.size]).toEqual([{ rows: 408, meetings: 17, repeats: 8, known: 0, adopted: 0 }, 0]);
    expect(JSON.parse((await run(args)).stdout)).toEqual({ rows: 408, meetings: 17, repeats: 8, known: 0, adopted: 408 });
    expect(JSON.parse((await run(args)).stdout)).toEqual({ rows: 408, meetings: 17, repeats: 8, known: 408, adopted: 0 });
    expect(recommendations.size).toBe(408);
    const addressed = (area: string): readonly string[] => [...new Set([...recommendations.values()].filter((one) => one.area === area).flatMap((one) => one.addressees.map(({ agency }) => agency)))];
    expect(addressed('QAT')).toEqual(['agencies/qatar-labour', 'agencies/qatar-interior']);
    expect(addressed('LBN')).toEqual(['agencies/lebanon-foreign', 'agencies/lebanon-interior']);
    expect(addressed('JOR')).toEqual(['agencies/jordan-interior']);
    expect(addressed('IRQ')).toEqual(['agencies/secretariat']);
  });

  it('takes what export wrote, and writes it again byte for byte', async () => {
    const { run } = await memory(SESSIONS);
    expect(await run([...upr, '--addressee', 'secretariat', '--same-text'])).toMatchObject(done);
    const file = join(folder, 'export.csv');
    expect(await run(['recommendations', 'export', '--out', file])).toMatchObject(done);
    const other = await memory(SESSIONS);
    expect(await other.run(['recommendations', 'import', file])).toMatchObject(done);
    expect(other.recommendations.size).toBe(408);
    expect((await other.run(['recommendations', 'export'])).stdout).toBe(readFileSync(file, 'utf8'));
  });

  it('knows what export wrote, also when positions were stated since, and refuses other content under its id', async () => {
    const { run, recommendations, calls } = await memory(SESSIONS);
    await run([...upr, '--addressee', 'secretariat']);
    for (const [name, one] of recommendations) {
      recommendations.set(name, { ...one, addressees: one.addressees.map((addressee) => ({ ...addressee, position: Position.POSITION_REJECTED })) });
    }
    const file = join(folder, 'export.csv');
    await run(['recommendations', 'export', '--out', file]);
    const before = calls.length;
    expect(JSON.parse((await run(['recommendations', 'import', file, '--json'])).stdout)).toMatchObject({ rows: 408, known: 408, adopted: 0 });
    // The file of the source says what was said at the meeting; the node knows that too.
    expect(JSON.parse((await run([...upr, '--addressee', 'secretariat', '--json'])).stdout)).toMatchObject({ known: 408, adopted: 0 });
    expect([...recommendations.values()].every(({ addressees }) => addressees.every(({ position }) => position === Position.POSITION_REJECTED))).toBe(true);
    expect(calls.slice(before).every((items) => items > 0)).toBe(true);
    writeFileSync(file, readFileSync(file, 'utf8').replace('Somalia', 'Somaliland'));
    const result = await run(['recommendations', 'import', file]);
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/line \d+: has the id of other content/);
  });

  it('needs a node only to enter, not to check', async () => {
    const run = await corridorHere([...upr, '--addressee', 'secretariat', '--check', '--json']);
    expect([run.stderr, JSON.parse(run.stdout)]).toEqual(['', { rows: 408 }]);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a State the gazetteer does not know', ['--addressee', 'secretariat'], /line 94: To "Syria" is no country/],
    ['a country nobody answers for', ['--addressee-for', 'JOR=jordan-interior'], /line 2: To "Algeria" is addressed to nobody: name an agency for DZA/],
    ['a country that is none', ['--addressee-for', 'JRD=jordan-interior'], /JRD is no country/],
  ])('names the lines of %s and sends nothing', async (_, flags, message) => {
    const { run, calls } = await memory(SESSIONS);
    const result = await run([...stateless, ...flags]);
    expect([result.status, calls]).toEqual([1, []]);
    expect(result.stderr).toMatch(message);
  });

  it('names the lines of meetings that are not there and sends nothing', async () => {
    const { run, calls } = await memory(SESSIONS.filter((name) => !name.endsWith('-9')));
    const result = await run([...upr, '--addressee', 'secretariat']);
    expect([result.status, calls]).toEqual([1, []]);
    expect(result.stderr).toMatch(/line \d+: meetings\/upr-9 is not there: create it first/);
  });

  it('names the lines that the node refuses, of every meeting, before anything is entered', async () => {
    const { run, calls } = await memory(SESSIONS, (item) => ('recommendationId' in item && ['TUN', 'SSD'].includes(item.area) ? `${item.area} is unknown here` : undefined));
    const result = await run([...upr, '--addressee', 'secretariat']);
    expect([result.status, calls]).toEqual([1, []]);
    const lines = readFileSync(UPR, 'utf8').split('\n');
    const [tunisia, southSudan] = ['Tunisia,', 'South Sudan,'].map((state) => lines.findIndex((line) => line.startsWith(state)) + 1);
    expect(result.stderr).toContain(`line ${tunisia}: area TUN is unknown here`);
    expect(result.stderr).toContain(`line ${southSudan}: area SSD is unknown here`);
  });

  it('enters repeats across meetings after what they repeat', async () => {
    const { run, recommendations, calls } = await memory(['meetings/first', 'meetings/second']);
    const header = 'meeting,recommendation_id,reference,text,themes,recommender,area,due_time,addressees,position,duplicate_of,tlp,purposes,legal_basis,personal_data_level,retention_days,onward_sharing,precision_limit,named_actors,community_groups,publicity_attested_by';
    const [a, b] = ['011f346d-8400-83a3-89de-ef1ad1ddd0ab', '011f346d-8400-83a3-89de-ef1ad1ddd0ac'];
    const row = (meeting: string, id: string, repeats: string): string => `${meeting},${id},,Do it,reception,,JOR,,alpha,,${repeats},,,,,,,,,,`;
    const result = await run(['recommendations', 'import', '-'], [header, row('first', a, b), row('second', b, '')].join('\n'));
    expect(result).toMatchObject(done);
    expect(calls).toEqual([1, 1]);
    expect(recommendations.get(`recommendations/${a}`)?.duplicateOf).toBe(`recommendations/${b}`);
  });
});

describe('corridor plans', () => {
  it('put sends a plan of the own agency, in the version that the file states', async () => {
    const requests: PutPlanRequest[] = [];
    const plan = { ...Plan.fromPartial({ name: 'agencies/beta/plans/shelter', title: 'Shelter' }), indicators: [{ indicatorId: 'beds', text: 'Beds', unit: 'beds', baseline: 0n, target: 100n, actual: undefined, measureTime: undefined }] };
    const run = await at({ followup: { putPlan: answering((request: PutPlanRequest) => (requests.push(request), { plan })) } });
    const result = await run(['plans', 'put', '-'], JSON.stringify({ name: 'shelter', version: '3', title: 'Shelter', recommendations: ['recommendations/r'] }));
    expect(result).toMatchObject(done);
    expect(result.stdout).toMatch(/^beds +0 +\? +100 +beds +Beds$/m);
    expect(requests).toMatchObject([{ plan: { name: 'agencies/beta/plans/shelter', recommendations: ['recommendations/r'] }, expectedVersion: 3n }]);
  });

  it('get and list read the past', async () => {
    const asked: unknown[] = [];
    const run = await at({
      followup: {
        getPlan: answering((request) => (asked.push(request), { plan: Plan.fromPartial({ name: 'agencies/beta/plans/shelter' }) })),
        listPlans: answering((request) => (asked.push(request), { plans: [], nextPageToken: '' })),
      },
    });
    expect(await run(['plans', 'get', 'alpha/shelter', '--as-of', '2026-01-01'])).toMatchObject(done);
    expect(await run(['plans', 'list', 'alpha', '--as-of', '2026-01-01'])).toMatchObject(done);
    expect(asked).toMatchObject([{ name: 'agencies/alpha/plans/shelter', asOf: new Date('2026-01-01') }, { parent: 'agencies/alpha', asOf: new Date('2026-01-01') }]);
  });
});

describe('corridor contributions', () => {
  const fts = (country: string): readonly string[] => ['contributions', 'import', dataFile(`contributions/fts_incoming_funding_${country}.csv`), '--layout', 'fts', '--tlp', 'green', '--use', 'planning', '--retention-days', '365', '--legal-basis', 'not-personal', '--level', 'none', '--onward-sharing', 'prohibited', '--precision', 'country', '--json'];

  it('import records the 767 flows of two files once, and export writes what import reads', async () => {
    const followup = memoryFollowup([]);
    const run = await at({ followup: followup.service });
    expect(JSON.parse((await run([...fts('afg'), '--dry-run'])).stdout)).toEqual({ rows: 328, flows: 328, created: 0, updated: 0, repeatedReports: 0 });
    expect(followup.contributions.size).toBe(0);
    expect(JSON.parse((await run(fts('afg'))).stdout)).toEqual({ rows: 328, flows: 328, created: 328, updated: 0, repeatedReports: 0 });
    expect(JSON.parse((await run(fts('jor'))).stdout)).toEqual({ rows: 440, flows: 440, created: 439, updated: 0, repeatedReports: 1 });
    expect(followup.contributions.size).toBe(767);
    const file = join(folder, 'export.csv');
    expect(await run(['contributions', 'export', '--out', file])).toMatchObject(done);
    const other = memoryFollowup([]);
    const elsewhere = await at({ followup: other.service });
    expect(JSON.parse((await elsewhere(['contributions', 'import', file, '--json'])).stdout)).toMatchObject({ rows: 767, created: 767 });
    expect((await elsewhere(['contributions', 'export'])).stdout).toBe(readFileSync(file, 'utf8'));
    expect(other.calls).toEqual([500, 267]);
  });

  it('import names the lines that the node refuses and records nothing', async () => {
    const followup = memoryFollowup([], (item) => ('flowId' in item && item.flowId === '227996' ? 'is none of yours' : undefined));
    const run = await at({ followup: followup.service });
    const result = await run(fts('jor'));
    expect([result.status, followup.calls]).toEqual([1, []]);
    expect(JSON.parse(result.stderr)).toMatchObject({ error: { reason: 'IMPORT_INVALID', message: expect.stringMatching(/: line 3: area is none of yours$/) } });
  });

  it('list and sum ask for what the flags say', async () => {
    const requests: (ListContributionsRequest | SumContributionsRequest)[] = [];
    const flow = Contribution.fromPartial({ name: 'contributions/fts.1', area: 'JOR', stage: 3, unit: 1, amount: 1500n, reports: 2, donor: 'Canada', recipient: 'WFP' });
    const run = await at({
      followup: {
        listContributions: answering((request: ListContributionsRequest) => (requests.push(request), { contributions: [flow], nextPageToken: '' })),
        sumContributions: answering((request: SumContributionsRequest) => (requests.push(request), { sums: [{ area: 'JOR', stage: 3, unit: 1, amount: 650_446_852n, flows: 300 }], pooled: 26 })),
      },
    });
    const flags = ['--area', 'JOR', '--stage', 'delivered', '--donor', 'Canada, Government of', '--as-of', '2021-01-01'];
    expect((await run(['contributions', 'list', ...flags])).stdout).toMatch(/^contributions\/fts\.1 +JOR +delivered +1500 +usd +2 +Canada +WFP$/m);
    const result = await run(['contributions', 'sum', ...flags]);
    expect(result.stdout).toMatch(/^JOR +delivered +usd +300 +650446852$/m);
    expect(result.stdout).toMatch(/^out of pooled funds +26 flows/m);
    const asked = { filter: { areas: ['JOR'], stages: [3], donor: 'Canada, Government of' }, asOf: new Date('2021-01-01') };
    expect(requests).toMatchObject([asked, asked]);
  });
});
