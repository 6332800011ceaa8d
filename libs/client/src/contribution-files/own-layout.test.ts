import { createReadStream } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Handling } from '@corridor/contracts/common/v1/vocabulary';
import { Contribution } from '@corridor/contracts/followup/v1/resources';
import { awkwardTexts, handlings, moments, slugs } from '../testing/arbitraries.ts';
import { bytes, dataFile } from '../testing/files.ts';
import { contributionLines, readContributions } from './own-layout.ts';
import { readFtsContributions } from './read-fts.ts';

const money = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n });
const contribution = fc
  .record({
    source: slugs,
    flowId: fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
    donor: awkwardTexts(1, 20),
    recipient: awkwardTexts(1, 20),
    area: fc.constantFrom('JOR', 'm49-145'),
    stage: fc.constantFrom(1, 2, 3),
    unit: fc.constantFrom(1, 2, 6),
    amount: money,
    originalMinorUnits: fc.bigInt({ min: 1n, max: 10n ** 15n }),
    originalCurrency: fc.constantFrom('EUR', 'JPY'),
    pooledFund: awkwardTexts(0, 10),
    decisionTime: fc.option(moments, { nil: undefined }),
    description: awkwardTexts(0, 40),
    handling: handlings,
  })
  .map((one) => Contribution.fromPartial(one as object));

const read = async (text: string, otherwise?: Handling) => readContributions(bytes(text), otherwise);

describe("a file of contributions in Corridor's own layout", () => {
  it('is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(contribution, { minLength: 1 }), async (contributions) => {
        const result = await read([...contributionLines(contributions.map((one) => ({ ...one, owner: 'agencies/alpha', reports: 3 })))].join(''));
        expect(result).toEqual({ filed: contributions.map((one) => ({ line: expect.any(Number), contribution: one })) });
      }),
    );
  });

  it('holds what a file of the Financial Tracking Service held', async () => {
    const fts = await readFtsContributions(createReadStream(dataFile('contributions/fts_incoming_funding_jor.csv')), { source: 'fts', handling: { ...Handling.fromPartial({ tlp: 2, legalBasis: 1, personalDataLevel: 1, retentionDays: 365, onwardSharing: 1, precisionLimit: 1 }), purposes: [1] } });
    if ('problems' in fts) throw new Error(JSON.stringify(fts.problems));
    const flows = fts.filed.map((one) => one.contribution);
    const again = await read([...contributionLines(flows)].join(''));
    expect('filed' in again && again.filed.map((one) => one.contribution)).toEqual(flows);
  });

  const header = 'source,flow_id,donor,recipient,area,stage,unit,amount,original_amount,original_currency,pooled_fund,decision_time,description,tlp,purposes,legal_basis,personal_data_level,retention_days,onward_sharing,precision_limit,named_actors,community_groups,publicity_attested_by';
  const row = (changed: Readonly<Record<string, string>> = {}): string => {
    const cells: Readonly<Record<string, string>> = { source: 'own', flow_id: '1', donor: 'A', recipient: 'B', area: 'JOR', stage: 'pledge', unit: 'usd', amount: '5', ...changed };
    return header.split(',').map((column) => cells[column] ?? '').join(',');
  };
  const otherwise = Handling.fromPartial({ retentionDays: 30 });

  it('takes the handling that is given where a line states none', async () => {
    expect(await read(`${header}\n${row()}\n`, otherwise)).toMatchObject({ filed: [{ contribution: { handling: otherwise } }] });
    expect(await read(`${header}\n${row()}\n`)).toMatchObject({ problems: [{ line: 2, reason: expect.stringContaining('states no handling') }] });
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['an unknown stage', { stage: 'paid' }, /stage "paid" is none of pledge, commitment, delivered/],
    ['an unknown unit', { unit: 'boats' }, /unit "boats"/],
    ['a negative amount', { amount: '-1' }, /amount "-1"/],
    ['a fraction', { amount: '1.5' }, /amount "1.5"/],
    ['an original amount without a currency', { original_amount: '5.00' }, /original_currency ""/],
    ['no giver', { donor: '' }, /donor.*0 characters/],
    ['no place', { area: '' }, /area is empty/],
    ['a source that is none', { source: 'F T S' }, /source "F T S"/],
    ['a bad date', { decision_time: 'yesterday' }, /decision_time/],
  ])('is refused with its line numbers for %s', async (_, changed, reason) => {
    expect(await read(`${header}\n${row()}\n${row(changed)}\n`, otherwise)).toEqual({ problems: [{ line: 3, reason: expect.stringMatching(reason) }] });
  });
});
