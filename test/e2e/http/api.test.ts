import { connect } from '@corridor/client';
import type { Caller } from '@corridor/gateway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRET } from '../company.ts';
import { type Community, startCommunity } from './community.ts';

let community: Community;
let alpha: Caller;
let beta: Caller;
let gamma: Caller;
let operator: Caller;
beforeAll(async () => {
  community = await startCommunity();
  const { browser } = community;
  [alpha, beta, gamma, operator] = await Promise.all([browser('alpha'), browser('beta'), browser('gamma'), browser('operator')]);
});
afterAll(() => community.stop());

const PLANNING = '/api/v1/hub/list-updates?purpose=planning&filter.areas=ITA';

describe('the JSON API over a node', () => {
  it('shows each agency its own truth', async () => {
    const id = await community.publish(3);
    const seen = async (caller: Caller) => (await caller.ask(PLANNING)).json;
    const update = (count: unknown) => ({ batches: [{ batch: { updates: [{ name: `agencies/alpha/series/arrivals/updates/${id}`, version: 1, movement: { total: count } }] } }] });
    expect(await seen(alpha)).toMatchObject(update({ state: 'COUNT_STATE_KNOWN', value: '3' }));
    expect(await seen(beta)).toMatchObject(update({ state: 'COUNT_STATE_SUPPRESSED', value: '0' }));
    expect(await seen(gamma)).toEqual({ batches: [], nextPageToken: '' });
    expect(await operator.ask(PLANNING)).toMatchObject({ status: 403, json: { reason: 'PERMISSION_DENIED', metadata: { roles: 'reader' } } });
  });

  it('publishes and previews, reads one by one, and says who read', async () => {
    const publish = {
      series: 'agencies/alpha/series/by-json',
      category: 'CATEGORY_MOVEMENT',
      handling: {
        tlp: 'TLP_AMBER',
        purposes: ['PURPOSE_PLANNING'],
        legalBasis: 'LEGAL_BASIS_PUBLIC_INTEREST',
        personalDataLevel: 'PERSONAL_DATA_LEVEL_AGGREGATE',
        retentionDays: 365,
        onwardSharing: 'ONWARD_SHARING_PROHIBITED',
        precisionLimit: 'PLACE_PRECISION_ADMIN2',
      },
      updates: [
        {
          updateId: '01a219fd-0000-7000-8000-000000000001',
          place: { country: 'ITA' },
          period: { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z', granularity: 'GRANULARITY_MONTH' },
          movement: {
            measure: 'MEASURE_ARRIVALS',
            population: 'POPULATION_MIXED',
            quality: 'QUALITY_OBSERVED',
            mode: 'TRANSPORT_MODE_SEA',
            breakdown: 'BREAKDOWN_NATIONALITY',
            rows: [{ key: 'SYR', count: { state: 'COUNT_STATE_KNOWN', value: '9007199254740993' } }],
            total: { state: 'COUNT_STATE_KNOWN', value: 9007199254740992 },
          },
        },
      ],
    };
    const call = (path: string, body: unknown) => alpha.ask(`/api/v1/hub/${path}`, { method: 'POST', body });
    // The total is not the sum of the rows: what JSON readers round is told apart here.
    expect(await call('publish', publish)).toMatchObject({ status: 400, json: { reason: 'INVALID_ARGUMENT' } });
    const right = JSON.parse(JSON.stringify(publish).replaceAll(/"9007199254740993"|9007199254740992/g, '"40"')) as unknown;
    const preview = await call('preview-updates', { publish: right });
    expect(preview).toMatchObject({ status: 200, json: { entries: expect.arrayContaining([expect.objectContaining({ recipient: 'agencies/beta', allowed: true, batch: expect.objectContaining({ form: 'VIEW_FORM_MASKED' }) })]) } });
    expect(await call('publish', right)).toMatchObject({ status: 200, json: { receipts: [{ version: 1, repeatedUpdate: false }] } });
    const name = 'agencies/alpha/series/by-json/updates/01a219fd-0000-7000-8000-000000000001';
    expect((await beta.ask(`/api/v1/hub/get-update?purpose=planning&name=${name}`)).json).toMatchObject({ archived: { batch: { updates: [{ name }] } } });
    expect(await gamma.ask(`/api/v1/hub/get-update?purpose=planning&name=${name}`)).toMatchObject({ status: 404, json: { reason: 'NOT_FOUND' } });
    const { json } = await alpha.ask('/api/v1/hub/list-access?parent=agencies/alpha');
    expect(json).toMatchObject({ entries: expect.arrayContaining([expect.objectContaining({ kind: 'ACCESS_KIND_READ', recipient: 'agencies/beta', update: name })]) });
  });

  it('is the same for a program with a token of the node', async () => {
    const corridor = connect({ address: community.node().grpc, credentials: { actor: 'agencies/beta/actors/staff-1', secret: SECRET } });
    const program = community.anybody.with({ authorization: `Bearer ${await corridor.accessToken()}` });
    corridor.close();
    expect((await program.ask(PLANNING)).json).toEqual((await beta.ask(PLANNING)).json);
  });

  it('offers an actor what the node lets it do', async () => {
    const offered = async (caller: Caller) => {
      const { json } = await caller.ask('/api/v1/session');
      return typeof json === 'object' && json !== null && 'actions' in json ? json.actions : undefined;
    };
    expect(await offered(alpha)).toEqual(expect.arrayContaining(['hub/publish', 'hub/list-updates', 'registry/add-actor']));
    expect(await offered(alpha)).not.toContain('registry/suspend-agency');
    expect(await offered(operator)).toContain('registry/suspend-agency');
    expect(await offered(operator)).not.toContain('hub/list-updates');
  });

  it('refuses what is refused over gRPC, for the same reasons', async () => {
    const post = (path: string, body: unknown) => alpha.ask(`/api/v1/${path}`, { method: 'POST', body });
    expect(await post('registry/draft-agreement', {})).toMatchObject({ status: 400 });
    expect(await post('registry/suspend-agency', { name: 'agencies/beta', reason: 'x' })).toMatchObject({ status: 403, json: { reason: 'PERMISSION_DENIED' } });
    expect(await post('registry/add-actor', { agency: 'agencies/beta', actor: { actorId: 'x-1', roles: ['ROLE_READER'], secret: SECRET } })).toMatchObject({ status: 403 });
    expect(await post('hub/revoke-consent', { name: 'agencies/alpha/consents/none' })).toMatchObject({ status: 404, json: { reason: 'NOT_FOUND' } });
    expect(await alpha.ask('/api/v1/registry/list-agencies?pageToken=x')).toMatchObject({ status: 400, json: { reason: 'PAGE_TOKEN_INVALID' } });
    expect(await alpha.ask('/api/v1/hub/list-updates')).toMatchObject({ status: 400, json: { reason: 'UNKNOWN_ENUM_VALUE' } });
  });

  it('answers every read with what its document says', async () => {
    for (const path of ['registry/list-agencies', 'registry/get-agency?name=agencies/beta', 'registry/list-agreements', 'registry/get-agreement?name=agreements/exchange', 'registry/list-groups', 'registry/list-focal-points?agency=agencies/alpha', 'registry/list-actors?agency=agencies/alpha', 'hub/list-consents?parent=agencies/alpha', 'hub/get-consent?name=agencies/alpha/consents/to-beta', 'hub/list-places?query=mediterranean']) {
      expect(await alpha.ask(`/api/v1/${path}`), path).toMatchObject({ status: 200 });
    }
    await expect.poll(async () => (await alpha.ask('/api/v1/audit/get-checkpoint')).status, { timeout: 15_000 }).toBe(200);
  });
});

describe('a session over a node', () => {
  it('outlives a restart of the node', async () => {
    const { port } = new URL(community.node().http);
    await community.restart();
    const again = await community.browser('beta');
    expect(port).not.toBe('');
    const before = { cookie: beta.header('cookie') ?? '', 'sec-fetch-site': 'same-origin' };
    expect(await community.anybody.ask(PLANNING, { headers: before })).toMatchObject({ status: 200 });
    expect((await again.ask('/api/v1/session')).json).toMatchObject({ actor: 'agencies/beta/actors/staff-1' });
  });

  it('of an actor who was retired is refused by the node, and its cookie taken back', async () => {
    const admin = await community.browser('alpha');
    const body = { agency: 'agencies/alpha', actor: { actorId: 'leaving-1', roles: ['ROLE_READER'], secret: SECRET } };
    expect(await admin.ask('/api/v1/registry/add-actor', { method: 'POST', body })).toMatchObject({ status: 200 });
    const { headers } = await community.anybody.ask('/api/v1/session', { method: 'POST', body: { actor: 'agencies/alpha/actors/leaving-1', secret: SECRET } });
    const leaving = community.anybody.with({ cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '' });
    expect(await leaving.ask(PLANNING)).toMatchObject({ status: 200 });
    expect(await admin.ask('/api/v1/registry/retire-actor', { method: 'POST', body: { name: 'agencies/alpha/actors/leaving-1' } })).toMatchObject({ status: 200 });
    const refused = await leaving.ask(PLANNING);
    expect(refused).toMatchObject({ status: 401, json: { reason: 'UNAUTHENTICATED' } });
    expect(refused.headers['set-cookie']).toEqual([expect.stringMatching(/^corridor_session=; /)]);
  });

  it('that has ended is refused', async () => {
    const last = await community.browser('gamma');
    community.clock.putForward(2 * 3_600_000);
    expect(await last.ask(PLANNING)).toMatchObject({ status: 401, json: { reason: 'UNAUTHENTICATED' } });
  });
});
