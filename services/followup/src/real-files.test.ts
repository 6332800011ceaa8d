import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Position, Theme, type Contribution } from '@corridor/contracts/followup/v1/resources';
import { openGazetteer } from '@corridor/places';
import { agency, AUTHORITY, flow, meet, openFollowup, person, proposed, SECRETARIAT, STRANGER, temporaryFolder, world, type TestFollowup } from './followup.testing.ts';

const DATA = resolve(process.env['CORRIDOR_DATA_DIR'] ?? '../shared/data');
const absent = !existsSync(DATA);
if (absent) process.stderr.write(`!!! ${DATA} is not there: follow-up is not tested on real files\n`);

type Row = Readonly<Record<string, string>>;
async function rowsOf(file: string): Promise<readonly Row[]> {
  const rows: readonly Row[] = parse(await readFile(join(DATA, file)), { columns: true, bom: true });
  return rows;
}
const count = <T>(items: readonly T[], of: (item: T) => boolean): number => items.filter(of).length;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let followup: TestFollowup;
beforeAll(async () => {
  folder = await temporaryFolder();
  followup = await openFollowup(folder.path);
  await followup.know(...world(), agency('jordan-authority', { kind: 'state-authority', country: 'JOR' }));
});
afterAll(async () => {
  await followup.close();
  await folder.remove();
});

describe.skipIf(absent)('on real files', () => {
  it('408 recommendations stand with the positions of the file, and each addressee sees its own', async () => {
    const rows = await rowsOf('recommendations/upr_refugee_arab_league_subset.csv');
    expect(rows.length).toBe(408);
    await meet(followup);
    const gazetteer = openGazetteer();
    const recommendations = rows.map((row, i) =>
      proposed(i + 1, {
        text: (row['Text'] ?? '').replaceAll(/\s+/g, ' ').trim(),
        recommender: row['From'] ?? '',
        themes: [Theme.THEME_LAW_ALIGNMENT],
        area: gazetteer.named(row['To'] ?? '')?.id ?? 'SYR',
        addressees: [`agencies/${row['To'] === 'Jordan' ? 'jordan-authority' : AUTHORITY}`],
        position: row['Response'] === 'Accepted' ? Position.POSITION_ACCEPTED : Position.POSITION_NOTED,
      }),
    );
    const { recommendations: adopted } = await followup.call('adoptRecommendations', { meeting: 'meetings/forum', recommendations, validateOnly: false }, person(SECRETARIAT));
    expect(adopted.length).toBe(408);
    const status = async (agencyId: string) => followup.call('getStatus', { filter: undefined, asOf: undefined }, person(agencyId));
    const at = (counts: Awaited<ReturnType<typeof status>>['counts'], wanted: Position): number =>
      counts.filter(({ position }) => position === wanted).reduce((sum, { count: pairs }) => sum + pairs, 0);
    const { counts } = await status(SECRETARIAT);
    expect([at(counts, Position.POSITION_ACCEPTED), at(counts, Position.POSITION_NOTED)]).toEqual([count(rows, (row) => row['Response'] === 'Accepted'), count(rows, (row) => row['Response'] === 'Noted')]);
    expect((await status('jordan-authority')).recommendations).toBe(count(rows, (row) => row['To'] === 'Jordan'));
    expect((await status(STRANGER)).recommendations).toBe(0);
  });

  it('flows of the tracking service count once, and their sums are those of the files', async () => {
    const rows = [...(await rowsOf('contributions/fts_incoming_funding_afg.csv')), ...(await rowsOf('contributions/fts_incoming_funding_jor.csv'))];
    const stages = new Map([['pledge', 1], ['commitment', 2], ['paid', 3]] as const);
    const contributions = rows.map((row): Contribution =>
      flow(row['id'] ?? '', {
        stage: stages.get(row['status'] as 'pledge') ?? 1,
        amount: BigInt(row['amountUSD'] ?? '0'),
        donor: row['srcOrganization'] === '' || row['srcOrganization'] === undefined ? 'not stated' : row['srcOrganization'].slice(0, 200),
        recipient: row['destOrganization'] === '' || row['destOrganization'] === undefined ? 'not stated' : row['destOrganization'].slice(0, 200),
        area: 'AFG',
        decisionTime: new Date(Date.UTC(2021, 0, 1)),
      }),
    );
    for (let i = 0; i < contributions.length; i += 500) {
      await followup.call('recordContributions', { contributions: contributions.slice(i, i + 500), validateOnly: false }, person(SECRETARIAT));
    }
    const flows = new Map<string, Row>();
    for (const row of rows) if (!flows.has(row['id'] ?? '')) flows.set(row['id'] ?? '', row);
    expect(flows.size).toBeLessThan(rows.length);
    const { sums } = await followup.call('sumContributions', { filter: undefined, asOf: undefined }, person(SECRETARIAT));
    for (const [status, stage] of stages) {
      const own = [...flows.values()].filter((row) => row['status'] === status);
      const sum = sums.find((one) => one.stage === stage);
      expect([sum?.flows ?? 0, sum?.amount ?? 0n]).toEqual([own.length, own.reduce((total, row) => total + BigInt(row['amountUSD'] ?? '0'), 0n)]);
    }
  });
});
