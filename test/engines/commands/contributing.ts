import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { ListContributionsResponse, SumContributionsResponse } from '@corridor/contracts/followup/v1/followup';
import { ContributionStage, ContributionUnit } from '@corridor/contracts/followup/v1/resources';
import { TEXTS } from './following-up.ts';
import type { Story } from './story.ts';

const FLOWS = [
  'id,status,contributionType,amountUSD,originalAmount,originalCurrency,srcOrganization,srcOrganizationTypes,destOrganization,destLocations,decisionDate,date,description',
  '1,paid,financial,700,,,A donor,Government,Relief,ITA,2025-01-01,2025-01-02,Shelter',
  '2,paid,financial,300,,,Another donor,Government,Relief,ITA,2025-01-01,2025-01-02,Food',
  '3,pledge,financial,50,,,A donor,Government,Relief,ITA,2025-01-01,2025-01-02,More',
  '',
].join('\n');

/** Flows of a file, their sums, and all of them out of a file and back. */
export async function contribute(story: Story): Promise<void> {
  const harbour = story.as('harbour/desk');
  const file = story.file('flows.csv', FLOWS);
  expect(JSON.parse(await harbour.run('contributions', 'import', file, '--layout', 'fts', ...TEXTS, '--json'))).toMatchObject({ rows: 3, flows: 3, created: 3 });
  const { contributions } = await harbour.read(ListContributionsResponse, 'contributions', 'list', '--donor', 'A donor');
  expect(contributions.map(({ name, amount, stage }) => [name, amount, stage])).toEqual([
    ['contributions/fts.1', 700n, ContributionStage.CONTRIBUTION_STAGE_DELIVERED],
    ['contributions/fts.3', 50n, ContributionStage.CONTRIBUTION_STAGE_PLEDGE],
  ]);
  const exported = story.path('contributions.csv');
  await harbour.run('contributions', 'export', '--out', exported);
  expect(readFileSync(exported, 'utf8').match(/^fts,\d,/gm)).toEqual(['fts,1,', 'fts,2,', 'fts,3,']);
  expect(JSON.parse(await harbour.run('contributions', 'import', exported, '--json'))).toMatchObject({ rows: 3, created: 0, updated: 0 });
  const { sums, pooled } = await harbour.read(SumContributionsResponse, 'contributions', 'sum', '--stage', 'delivered');
  expect([sums, pooled]).toEqual([
    [{ area: 'ITA', stage: ContributionStage.CONTRIBUTION_STAGE_DELIVERED, unit: ContributionUnit.CONTRIBUTION_UNIT_USD, amount: 1000n, flows: 2 }],
    0,
  ]);
}
