import { expect } from 'vitest';
import { Agency, AgencyState, Agreement, AgreementState, Group } from '@corridor/contracts/registry/v1/resources';
import { OPERATOR } from './entering.ts';
import { listed } from './exchanging.ts';
import { eventually, type Story } from './story.ts';

const SERIES = 'agencies/harbour/series/landings';
const REASON = ['--reason', 'So that the test sees it'];

/** What permits relief to receive goes in each of its ways, and comes back; then it goes for good. */
export async function leave(story: Story): Promise<void> {
  const [harbour, relief, operator] = [story.as('harbour/desk'), story.as('relief/desk'), story.as(OPERATOR)];
  const [sees, seesNothing] = [
    () => eventually(async () => expect(await listed(relief, SERIES)).toHaveLength(1)),
    async (): Promise<void> => expect(await listed(relief, SERIES)).toEqual([]),
  ];
  await sees();
  expect(await harbour.read(Agreement, 'agreement', 'suspend', 'coast', ...REASON)).toMatchObject({ state: AgreementState.AGREEMENT_STATE_SUSPENDED });
  await seesNothing();
  expect(await harbour.read(Agreement, 'agreement', 'resume', 'coast')).toMatchObject({ state: AgreementState.AGREEMENT_STATE_IN_FORCE });
  await sees();

  expect(await harbour.read(Group, 'group', 'remove', 'shore', 'relief')).toMatchObject({ members: ['agencies/harbour'] });
  await seesNothing();
  await harbour.run('group', 'add', 'shore', 'relief');
  await sees();

  expect(await harbour.run('consent', 'revoke', 'to-the-shore')).toMatch(/^state +revoked /m);
  await seesNothing();
  await harbour.run('consent', 'grant', 'to-relief', '--recipient', 'agencies/relief', '--category', 'movement', '--purpose', 'planning', '--until', '2090-01-01');
  await sees();

  expect(await operator.read(Agency, 'agency', 'suspend', 'relief', ...REASON)).toMatchObject({ state: AgencyState.AGENCY_STATE_SUSPENDED });
  await relief.fails('refused', 'list', '--purpose', 'planning');
  expect(await operator.read(Agency, 'agency', 'resume', 'relief')).toMatchObject({ state: AgencyState.AGENCY_STATE_ACTIVE });
  await sees();

  expect(await harbour.read(Agreement, 'agreement', 'terminate', 'coast', ...REASON)).toMatchObject({ state: AgreementState.AGREEMENT_STATE_TERMINATED, endedBy: 'agencies/harbour' });
  await seesNothing();
  expect(await relief.read(Agency, 'agency', 'withdraw', 'relief', ...REASON)).toMatchObject({ state: AgencyState.AGENCY_STATE_WITHDRAWN });
  await relief.fails('refused', 'list', '--purpose', 'planning');
  expect(await harbour.read(Agency, 'agency', 'get', 'relief')).toMatchObject({ state: AgencyState.AGENCY_STATE_WITHDRAWN });
}
