import { expect } from 'vitest';
import { Agreement, AgreementState, FocalPoint, Group } from '@corridor/contracts/registry/v1/resources';
import { Category, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { GrantConsentResponse, ListConsentsResponse, SharingConsent } from '@corridor/contracts/hub/v1/hub';
import { ListFocalPointsResponse } from '@corridor/contracts/registry/v1/registry';
import { AGENCIES, keyFile } from './entering.ts';
import { ROUTE } from './exchanging.ts';
import type { Story } from './story.ts';

const UNTIL = ['--until', '2090-01-01'];

/** An agreement of all, a group, focal points and consents. */
export async function agree(story: Story): Promise<void> {
  await conclude(story);
  await gather(story);
  await nameFocalPoints(story);
  await consent(story);
}

/** Everything that the story exchanges may be exchanged among all three. */
const TERMS = {
  title: 'Exchange on the coast',
  template: 'information-sharing-protocol',
  parties: AGENCIES.map((agency) => `agencies/${agency}`),
  effectiveTime: '2020-01-01T00:00:00Z',
  expireTime: '2090-01-01T00:00:00Z',
  clauses: [
    {
      clauseId: 'all',
      effect: 'CLAUSE_EFFECT_PERMIT',
      categories: ['CATEGORY_MOVEMENT', 'CATEGORY_CRISIS'],
      purposes: ['PURPOSE_PLANNING', 'PURPOSE_EARLY_WARNING'],
      areas: ['WORLD'],
      levels: ['PERSONAL_DATA_LEVEL_AGGREGATE'],
      onwardSharing: 'ONWARD_SHARING_PROHIBITED',
      highestPrecision: 'PLACE_PRECISION_ADMIN2',
    },
  ],
};

async function conclude(story: Story): Promise<void> {
  const harbour = story.as('harbour/desk');
  const file = story.file('agreement.json', { agreementId: 'coast', agreement: TERMS });
  expect(await harbour.read(Agreement, 'agreement', 'draft', file)).toMatchObject({ name: 'agreements/coast', state: AgreementState.AGREEMENT_STATE_DRAFT });
  const text = await story.as('relief/desk').run('agreement', 'text', 'coast');
  expect(text).toMatch(/^corridor\.agreement\.v1\n\{.*"title":"Exchange on the coast"/);
  for (const agency of AGENCIES) await story.as(`${agency}/desk`).run('agreement', 'sign', 'coast', '--key', keyFile(story, agency));
  expect(await harbour.run('agreement', 'get', 'coast')).toMatch(/^state +in-force$[^]*^signed by +agencies\/harbour agencies\/relief agencies\/early-warning$/m);
  expect(await harbour.run('agreement', 'list')).toMatch(/^agreements\/coast +in-force +.*Exchange on the coast$/m);
}

async function gather(story: Story): Promise<void> {
  const harbour = story.as('harbour/desk');
  await harbour.run('group', 'create', 'shore', '--name', 'Those at the shore');
  await harbour.run('group', 'add', 'shore', 'relief');
  expect(await story.as('relief/desk').read(Group, 'group', 'get', 'shore')).toMatchObject({
    convener: 'agencies/harbour',
    members: ['agencies/harbour', 'agencies/relief'],
    displayName: 'Those at the shore',
  });
  expect(await harbour.run('group', 'list')).toMatch(/^groups\/shore +2 +agencies\/harbour agencies\/relief +Those at the shore$/m);
}

async function nameFocalPoints(story: Story): Promise<void> {
  const set = ['focal-points', 'set', 'warnings', '--theme', 'early-warning', '--area', ROUTE, '--holder', 'relief/duty', '--deputy', 'relief/desk', '--from', '2020-01-01', ...UNTIL];
  expect(await story.as('relief/desk').read(FocalPoint, ...set)).toMatchObject({ name: 'agencies/relief/focalPoints/warnings', holder: 'agencies/relief/actors/duty' });
  const { focalPoints } = await story.as('early-warning/desk').read(ListFocalPointsResponse, 'focal-points', 'list', 'relief');
  expect(focalPoints).toMatchObject([{ theme: 'early-warning', area: ROUTE, deputies: ['agencies/relief/actors/desk'] }]);
}

/** Owner, id and the rest of what is granted. */
const CONSENTS: readonly (readonly [owner: string, id: string, ...string[]])[] = [
  ['harbour', 'to-the-shore', '--recipient', 'groups/shore', '--category', 'movement', '--purpose', 'planning'],
  ['harbour', 'to-warning', '--recipient', 'agencies/early-warning', '--category', 'movement', '--purpose', 'early-warning'],
  ['harbour', 'warns-relief', '--recipient', 'agencies/relief', '--category', 'movement', '--purpose', 'early-warning'],
  ['early-warning', 'warns-relief', '--recipient', 'agencies/relief', '--category', 'movement', '--category', 'crisis', '--purpose', 'early-warning'],
];

async function consent(story: Story): Promise<void> {
  for (const [owner, id, ...terms] of CONSENTS) {
    const granted = await story.as(`${owner}/desk`).read(GrantConsentResponse, 'consent', 'grant', id, ...terms, ...UNTIL);
    expect(granted.consent).toMatchObject({ name: `agencies/${owner}/consents/${id}`, version: 1n });
  }
  const harbour = story.as('harbour/desk');
  const { consents } = await harbour.read(ListConsentsResponse, 'consent', 'list');
  expect(consents.map(({ name }) => name.split('/').at(-1))).toEqual(['to-the-shore', 'to-warning', 'warns-relief']);
  expect(await story.as('relief/desk').read(SharingConsent, 'consent', 'get', 'early-warning/warns-relief')).toMatchObject({
    recipient: 'agencies/relief',
    categories: [Category.CATEGORY_MOVEMENT, Category.CATEGORY_CRISIS],
    purposes: [Purpose.PURPOSE_EARLY_WARNING],
    revokeTime: undefined,
  });
}
