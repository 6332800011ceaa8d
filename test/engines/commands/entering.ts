import { expect } from 'vitest';
import { Agency, AgencyState, Role } from '@corridor/contracts/registry/v1/resources';
import { ListActorsResponse, ListAgenciesResponse } from '@corridor/contracts/registry/v1/registry';
import type { Actor, Story } from './story.ts';

export const OPERATOR = 'operator/operator-1';
const ROLES = ['ROLE_ADMINISTRATOR', 'ROLE_DATA_PROTECTION_OFFICER', 'ROLE_PUBLISHER', 'ROLE_READER'];
export const AGENCIES = ['harbour', 'relief', 'early-warning'] as const;
/** Key of an agency, by its id. */
export const keyFile = (story: Story, agency: string): string => story.path(`${agency}.key`);

/** The founding act, an application, keys and actors. */
export async function enter(story: Story, bootstrapSecret: string): Promise<void> {
  await found(story, bootstrapSecret);
  await apply(story);
  await makeKeys(story);
  await addActors(story);
}

const applicant = (story: Story, agencyId: string, kind: string): object => ({
  agencyId,
  displayName: `The ${agencyId} agency`,
  kind,
  firstActor: { actorId: 'desk', roles: ROLES, secret: story.newSecret(`${agencyId}/desk`) },
});

async function found(story: Story, bootstrapSecret: string): Promise<void> {
  const operator = { actorId: 'operator-1', roles: ['ROLE_OPERATOR'], secret: story.newSecret(OPERATOR) };
  const act = { operator, agencies: [applicant(story, 'harbour', 'AGENCY_KIND_MISSION'), applicant(story, 'relief', 'AGENCY_KIND_NGO')] };
  const printed = await story.with({ CORRIDOR_BOOTSTRAP_SECRET: bootstrapSecret }).feed(act, 'agency', 'found', '-');
  expect(printed).toMatch(/^agency +agencies\/harbour\n[^]*^state +active$[^]*^agency +agencies\/relief$/m);
  expect(await story.signingIn('harbour/desk').start('agency', 'list')).toMatch(/^agencies\/harbour +active +mission +The harbour agency\nagencies\/relief +active +ngo +The relief agency$/m);
}

async function apply(story: Story): Promise<void> {
  const [harbour, operator] = [story.as('harbour/desk'), story.as(OPERATOR)];
  const file = story.file('application.json', applicant(story, 'early-warning', 'AGENCY_KIND_UN_AGENCY'));
  const steps: readonly (readonly [AgencyState, () => Promise<Agency>])[] = [
    [AgencyState.AGENCY_STATE_APPLIED, () => harbour.read(Agency, 'agency', 'apply', file)],
    [AgencyState.AGENCY_STATE_ENDORSED, () => harbour.read(Agency, 'agency', 'endorse', 'early-warning')],
    [AgencyState.AGENCY_STATE_VERIFIED, () => operator.read(Agency, 'agency', 'verify', 'early-warning')],
    [AgencyState.AGENCY_STATE_ACTIVE, () => operator.read(Agency, 'agency', 'activate', 'early-warning')],
  ];
  for (const [state, step] of steps) expect(await step()).toMatchObject({ name: 'agencies/early-warning', state });
  expect(await harbour.read(Agency, 'agency', 'get', 'early-warning')).toMatchObject({ state: AgencyState.AGENCY_STATE_ACTIVE, endorsedBy: ['agencies/harbour'] });
  expect((await operator.read(ListAgenciesResponse, 'agency', 'list')).agencies.map(({ name }) => name)).toEqual(['agencies/early-warning', 'agencies/harbour', 'agencies/relief']);
}

async function makeKeys(story: Story): Promise<void> {
  for (const agency of AGENCIES) {
    const file = keyFile(story, agency);
    const desk = story.as(`${agency}/desk`);
    const printed = await desk.run('agency', 'key', 'new', file, '--key-id', 'key-1');
    const [, publicKey = ''] = /^public key +(\S+)$/m.exec(printed) ?? [];
    const { signingKeys } = await desk.read(Agency, 'agency', 'key', 'add', file, '--from', '2020-01-01', '--until', '2090-01-01');
    expect(signingKeys.map((key) => [key.keyId, Buffer.from(key.publicKey).toString('base64')])).toEqual([['key-1', publicKey]]);
  }
  const [relief, lost] = [story.as('relief/desk'), story.path('lost.key')];
  await relief.run('agency', 'key', 'new', lost, '--key-id', 'key-lost');
  await relief.run('agency', 'key', 'add', lost, '--until', '2090-01-01');
  await relief.run('agency', 'key', 'revoke', 'key-lost');
  expect(await relief.run('agency', 'get', 'relief')).toMatch(/^keys +key-1 key-lost \(revoked\)$/m);
}

/** Who works for the agencies besides their desks; a word for each role. */
const STAFF: readonly (readonly [Actor, ...string[]])[] = [
  ['harbour/approver', 'approver', 'reader'],
  ['relief/duty', 'duty-officer', 'reader'],
  ['early-warning/approver', 'approver', 'reader'],
];

async function addActors(story: Story): Promise<void> {
  for (const [actor, ...roles] of STAFF) {
    const [agency = '', id = ''] = actor.split('/');
    await story.as(`${agency}/desk`).run('agency', 'actor', 'add', id, ...roles.flatMap((role) => ['--role', role]), '--secret-file', story.secretFile(actor));
  }
  const relief = story.as('relief/desk');
  await relief.run('agency', 'actor', 'add', 'guest', '--role', 'reader', '--secret-file', story.secretFile('relief/guest'));
  const guest = story.signingIn('relief/guest');
  await guest.fails('refused', 'agency', 'actor', 'list');
  await relief.run('agency', 'actor', 'roles', 'guest', '--role', 'administrator', '--role', 'reader');
  const { actors } = await guest.read(ListActorsResponse, 'agency', 'actor', 'list');
  expect(actors.map(({ name, roles, retired }) => [name.split('/').at(-1), roles, retired])).toEqual([
    ['desk', expect.arrayContaining([Role.ROLE_PUBLISHER]), false],
    ['duty', expect.arrayContaining([Role.ROLE_DUTY_OFFICER, Role.ROLE_READER]), false],
    ['guest', expect.arrayContaining([Role.ROLE_ADMINISTRATOR, Role.ROLE_READER]), false],
  ]);

  const newSecret = story.path('second.secret');
  await relief.run('agency', 'actor', 'secret', 'guest', '--secret-file', newSecret);
  await guest.fails('refused', 'agency', 'list');
  const signedIn = story.with({ CORRIDOR_TOKEN: (await story.signingIn('relief/guest', newSecret).run('token')).trim() });
  expect(await signedIn.run('agency', 'list')).toContain('agencies/relief');
  await relief.run('agency', 'actor', 'retire', 'guest');
  await signedIn.fails('refused', 'agency', 'list');
  expect(await relief.run('agency', 'actor', 'list')).toMatch(/^agencies\/relief\/actors\/guest +\S+ +retired$/m);
}
