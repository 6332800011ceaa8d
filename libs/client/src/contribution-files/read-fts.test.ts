import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Handling } from '@corridor/contracts/common/v1/vocabulary';
import { ContributionStage, ContributionUnit, type Contribution } from '@corridor/contracts/followup/v1/resources';
import { importInvalid, type Problem } from '../csv/problems.ts';
import { bytes, dataFile } from '../testing/files.ts';
import { readFtsContributions, type FtsOptions } from './read-fts.ts';

const options: FtsOptions = { source: 'fts', handling: Handling.fromPartial({ retentionDays: 365 }) };
const HEADER = 'id,date,decisionDate,description,amountUSD,originalAmount,originalCurrency,srcOrganization,srcOrganizationTypes,destOrganization,destLocations,contributionType,status';
const GOOD = {
  id: '207188',
  date: '2020-05-07',
  decisionDate: '2020-05-01',
  description: 'Aid',
  amountUSD: '1500',
  originalAmount: '1200.5',
  originalCurrency: 'EUR',
  srcOrganization: 'Government of Luxembourg',
  srcOrganizationTypes: 'Government',
  destOrganization: 'World Food Programme',
  destLocations: 'JOR',
  contributionType: 'financial',
  status: 'paid',
};
const row = (changed: Partial<Record<keyof typeof GOOD, string>> = {}): string =>
  Object.values({ ...GOOD, ...changed })
    .map((cell) => `"${cell}"`)
    .join(',');

async function flowOf(changed: Parameters<typeof row>[0], more: Partial<FtsOptions> = {}): Promise<Contribution | undefined> {
  const result = await readFtsContributions(bytes(`${HEADER}\n${row(changed)}\n`), { ...options, ...more });
  if ('problems' in result) throw importInvalid('file', result.problems);
  return result.filed[0]?.contribution;
}

async function problemsOf(text: string | Uint8Array): Promise<readonly Problem[]> {
  const result = await readFtsContributions(bytes(text), options);
  return 'problems' in result ? result.problems : [];
}

describe('a file of the Financial Tracking Service', () => {
  it('becomes flows with stage, unit, amounts and place', async () => {
    expect(await flowOf({})).toMatchObject({
      source: 'fts',
      flowId: '207188',
      donor: 'Government of Luxembourg',
      recipient: 'World Food Programme',
      area: 'JOR',
      stage: ContributionStage.CONTRIBUTION_STAGE_DELIVERED,
      unit: ContributionUnit.CONTRIBUTION_UNIT_USD,
      amount: 1500n,
      originalMinorUnits: 120_050n,
      originalCurrency: 'EUR',
      pooledFund: '',
      decisionTime: new Date('2020-05-01'),
      handling: options.handling,
    });
  });

  it('takes the date of the flow where no decision is dated', async () => {
    expect((await flowOf({ decisionDate: '' }))?.decisionTime).toEqual(new Date('2020-05-07'));
  });

  it('counts kind by its value, and knows a pooled fund as the giver', async () => {
    expect(await flowOf({ contributionType: 'in kind', srcOrganization: 'Jordan Humanitarian Fund', srcOrganizationTypes: 'UN agency,Pooled fund' })).toMatchObject({
      unit: ContributionUnit.CONTRIBUTION_UNIT_IN_KIND_USD,
      pooledFund: 'Jordan Humanitarian Fund',
    });
  });

  it.each([
    ['JOR', 'JOR'],
    ['JOR,PSE', 'm49-145'],
    ['AFG,JOR', 'm49-142'],
  ])('with the destinations %s goes to %s', async (destLocations, area) => {
    expect((await flowOf({ destLocations }))?.area).toBe(area);
  });

  it('takes the place it is told where no destination is stated, and says so of giver and receiver', async () => {
    expect(await flowOf({ destLocations: '', srcOrganization: '', destOrganization: '' }, { area: 'JOR' })).toMatchObject({ area: 'JOR', donor: 'not stated', recipient: 'not stated' });
  });

  it('leaves out a currency without an amount', async () => {
    expect(await flowOf({ originalAmount: '' })).toMatchObject({ originalMinorUnits: 0n, originalCurrency: '' });
  });

  it('puts texts on one line', async () => {
    expect((await flowOf({ description: ' Food\tand\nwater  ' }))?.description).toBe('Food and water');
  });

  it.each<[string, Parameters<typeof row>[0], RegExp]>([
    ['a negative amount', { amountUSD: '-5' }, /amountUSD "-5" is not a whole number/],
    ['a fraction of a dollar', { amountUSD: '1.5' }, /amountUSD/],
    ['an amount with separators', { amountUSD: '1,500' }, /amountUSD/],
    ['no amount', { amountUSD: '' }, /amountUSD/],
    ['a negative original amount', { originalAmount: '-5' }, /originalAmount/],
    ['an original amount without a currency', { originalCurrency: '' }, /originalCurrency/],
    ['a status that is none', { status: 'promised' }, /status "promised"/],
    ['a type that is none', { contributionType: 'gift' }, /contributionType "gift"/],
    ['a day that no calendar has', { decisionDate: '2020-02-30' }, /decisionDate "2020-02-30" is no date/],
    ['a date of another order', { decisionDate: '', date: '07/05/2020' }, /date "07\/05\/2020" is no date/],
    ['no destination', { destLocations: '' }, /destLocations "" is empty/],
    ['a destination that is no country', { destLocations: 'JOR,XXZ' }, /destLocations "JOR,XXZ"/],
    ['an id that is none', { id: 'a b' }, /id "a b"/],
  ])('is refused with its line numbers for %s', async (_, changed, reason) => {
    expect(await problemsOf(`${HEADER}\n${row()}\n\n${row({ id: '2', ...changed })}\n`)).toEqual([{ line: 4, reason: expect.stringMatching(reason) }]);
  });

  it.each<[string, string | Uint8Array, readonly Problem[]]>([
    ['a missing column', `${HEADER.replace('amountUSD,', '')}\n`, [{ line: 1, reason: 'the header lacks amountUSD' }]],
    ['a ragged line', `${HEADER}\n${row()}\n1,2,3\n`, [{ line: 3, reason: 'has 3 columns, not 13' }]],
    ['UTF-16', Buffer.from(`${HEADER}\n`, 'utf16le'), [{ line: 1, reason: expect.stringContaining('UTF-16') }]],
    ['Latin-1', Buffer.from(`${HEADER}\n${row()}\n${row({ description: 'Zürich' })}\n`, 'latin1'), [{ line: 3, reason: 'is not UTF-8' }]],
  ])('is refused for %s', async (_, file, problems) => {
    expect(await problemsOf(file)).toEqual(problems);
  });
});

describe('the published flows to Afghanistan and Jordan', () => {
  const flows = async (country: string): Promise<readonly Contribution[]> => {
    const file = dataFile(`contributions/fts_incoming_funding_${country}.csv`);
    const result = await readFtsContributions(createReadStream(file), options);
    if ('problems' in result) throw importInvalid(file, result.problems);
    return result.filed.map(({ contribution }) => contribution);
  };
  const sum = (all: readonly Contribution[], stage: ContributionStage, unit: ContributionUnit, area?: string): bigint =>
    all.filter((one) => one.stage === stage && one.unit === unit && (area === undefined || one.area === area)).reduce((total, { amount }) => total + amount, 0n);
  const { CONTRIBUTION_STAGE_PLEDGE: PLEDGE, CONTRIBUTION_STAGE_COMMITMENT: COMMITMENT, CONTRIBUTION_STAGE_DELIVERED: DELIVERED } = ContributionStage;
  const { CONTRIBUTION_UNIT_USD: USD, CONTRIBUTION_UNIT_IN_KIND_USD: KIND } = ContributionUnit;

  // All sums were computed with another program.
  it('are 328 lines to Afghanistan', async () => {
    const all = await flows('afg');
    expect(all.length).toBe(328);
    expect(sum(all, COMMITMENT, USD, 'AFG')).toBe(300_496_707n);
    expect(sum(all, DELIVERED, USD, 'AFG')).toBe(427_614_287n);
    expect(sum(all, DELIVERED, KIND, 'AFG')).toBe(1_352_072n);
    expect(sum(all, DELIVERED, USD, 'm49-142')).toBe(24_654_545n);
  });

  it('are 440 lines to Jordan', async () => {
    const all = await flows('jor');
    expect(all.length).toBe(440);
    expect(sum(all, DELIVERED, USD, 'JOR')).toBe(650_446_852n);
    expect(sum(all, COMMITMENT, USD, 'JOR')).toBe(204_461_032n);
    expect(sum(all, PLEDGE, USD, 'JOR')).toBe(81_128n);
    expect(sum(all, DELIVERED, KIND, 'JOR')).toBe(6_975_173n);
    expect([sum(all, COMMITMENT, USD, 'm49-145'), sum(all, DELIVERED, USD, 'm49-145')]).toEqual([1_545_454n, 1_810_145n]);
  });

  it('are 767 flows together, for one stands in both files, the same in each; 26 of them come out of pooled funds', async () => {
    const [afg, jor] = [await flows('afg'), await flows('jor')];
    const byId = new Map([...afg, ...jor].map((flow) => [flow.flowId, flow]));
    expect(byId.size).toBe(767);
    const twice = afg.filter(({ flowId }) => jor.some((other) => other.flowId === flowId));
    expect(twice).toEqual(jor.filter(({ flowId }) => flowId === '207188'));
    const all = [...byId.values()];
    expect(all.reduce((total, { amount }) => total + amount, 0n)).toBe(1_619_437_395n);
    expect(all.reduce((total, { originalMinorUnits }) => total + originalMinorUnits, 0n)).toBe(190_508_095_200n);
    const pooled = all.filter(({ pooledFund }) => pooledFund !== '');
    expect([pooled.length, pooled.reduce((total, { amount }) => total + amount, 0n)]).toEqual([26, 39_744_493n]);
  });
});
