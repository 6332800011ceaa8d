import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgencyState, NodeKeyUse, Role } from '@corridor/contracts/registry/v1/resources';
import type { Documents, DocumentStore } from '@corridor/documents';
import type { EventLog } from '@corridor/eventlog';
import { CorridorError } from '@corridor/kernel';
import { CONFIRMATION_MS } from '@corridor/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  BOOTSTRAP_SECRET,
  caller,
  enter,
  foundRegistry,
  foundRequest,
  HARBOUR,
  newAgency,
  openRegistry,
  OPERATOR,
  RELIEF,
  secretOf,
  START,
  temporaryFolder,
  type Between,
  type TestRegistry,
  WatchedClock,
} from './registry.testing.ts';

const refused = (reason: string): unknown => expect.objectContaining({ reason });
const settled = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => CorridorError.from(error).reason,
  );

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const running: TestRegistry[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.close();
  await folder.remove();
});

async function open(between?: Between, clock?: WatchedClock): Promise<TestRegistry> {
  const registry = await openRegistry(folder.path, between, clock);
  running.push(registry);
  return registry;
}

async function close(registry: TestRegistry): Promise<void> {
  running.splice(running.indexOf(registry), 1);
  await registry.close();
}

async function founded(clock?: WatchedClock): Promise<TestRegistry> {
  const registry = await open({}, clock);
  await foundRegistry(registry);
  return registry;
}

describe('the founding act', () => {
  it('has one winner among those who try at once, and records that one alone', async () => {
    const registry = await open();
    const outcomes = await Promise.all(
      ['first', 'second', 'third', 'fourth'].map((id) => settled(registry.call('found', foundRequest(id, `${id}-b`)))),
    );
    expect(outcomes.toSorted()).toEqual(['ALREADY_FOUNDED', 'ALREADY_FOUNDED', 'ALREADY_FOUNDED', 'done']);
    const winner = ['first', 'second', 'third', 'fourth'][outcomes.indexOf('done')];
    const subjects = (await registry.events()).filter(({ event }) => event.cause === 'founding').map(({ envelope }) => envelope.subject);
    expect(subjects.toSorted()).toEqual([
      `agencies/${winner}`,
      `agencies/${winner}-b`,
      `agencies/${winner}-b/actors/ada`,
      `agencies/${winner}/actors/ada`,
      'agencies/operator/actors/ops',
    ].toSorted());
    // The losers' actors of equal names did not replace the winner's secrets.
    const login = { actor: `agencies/${winner}/actors/ada`, secret: secretOf(String(winner)) };
    expect((await registry.call('issueToken', login)).token).not.toBe('');
  });

  it('needs the bootstrap secret, before and after', async () => {
    const registry = await open();
    const guess = { ...foundRequest('relief', 'harbour'), bootstrapSecret: `${BOOTSTRAP_SECRET}!` };
    await expect(registry.call('found', guess)).rejects.toEqual(refused('PERMISSION_DENIED'));
    await registry.call('found', foundRequest('relief', 'harbour'));
    await expect(registry.call('found', guess)).rejects.toEqual(refused('PERMISSION_DENIED'));
    await expect(registry.call('found', foundRequest('other', 'another'))).rejects.toEqual(refused('ALREADY_FOUNDED'));
  });

  it('is completed at the next start when the node died in its middle', async () => {
    const dying = await open({ documents: failing('registry.organisations', (id) => id === 'harbour') });
    await expect(dying.call('found', foundRequest('relief', 'harbour'))).rejects.toEqual(refused('UNAVAILABLE'));
    await close(dying);
    const registry = await open();
    const { agencies } = await registry.call('listAgencies', { pageSize: 0, pageToken: '' }, RELIEF);
    expect(agencies.map(({ name, state }) => [name, state])).toEqual([
      ['agencies/harbour', AgencyState.AGENCY_STATE_ACTIVE],
      ['agencies/relief', AgencyState.AGENCY_STATE_ACTIVE],
    ]);
    expect((await registry.events()).filter(({ event }) => event.cause === 'founding')).toHaveLength(5);
    const login = { actor: 'agencies/harbour/actors/ada', secret: secretOf('harbour') };
    expect((await registry.call('issueToken', login)).token).not.toBe('');
    await expect(registry.call('found', foundRequest('other', 'another'))).rejects.toEqual(refused('ALREADY_FOUNDED'));
  });
});

describe('what is committed', () => {
  it('is published after a restart when the node died before its relay came to it', async () => {
    const first = await founded();
    await close(first);
    const cutOff = await open({ log: deaf });
    const answer = settled(cutOff.call('createGroup', { groupId: 'task-force', displayName: 'Task force' }, RELIEF));
    await vi.waitFor(() => cutOff.call('getGroup', { name: 'groups/task-force' }, RELIEF));
    await close(cutOff);
    expect(await answer).toBe('UNAVAILABLE');
    const registry = await open();
    const created = (await registry.events()).filter(({ envelope }) => envelope.subject === 'groups/task-force');
    expect(created.map(({ event, envelope }) => [event.cause, event.actor, envelope.version])).toEqual([
      ['group.created', 'agencies/relief/actors/ada', 1n],
    ]);
    expect(created[0]?.event.resource?.value).toEqual((await registry.call('getGroup', { name: 'groups/task-force' }, RELIEF)).group);
  });

  it('is in the log with versions that follow each other per subject, as the resource stands', async () => {
    const registry = await founded();
    await enter(registry, 'lookout');
    const events = await registry.events();
    const versions = new Map<string, bigint[]>();
    for (const { envelope } of events) versions.set(envelope.subject, [...(versions.get(envelope.subject) ?? []), envelope.version]);
    for (const [subject, seen] of versions) expect([subject, seen]).toEqual([subject, seen.map((_, i) => BigInt(i + 1))]);
    expect(events.filter(({ envelope }) => envelope.subject === 'agencies/lookout').map(({ event }) => event.cause)).toEqual([
      'agency.applied',
      'agency.endorsed',
      'agency.verified',
      'agency.activated',
    ]);
    const { agency } = await registry.call('getAgency', { name: 'agencies/lookout' }, RELIEF);
    expect(events.findLast(({ envelope }) => envelope.subject === 'agencies/lookout')?.event.resource).toEqual({ $case: 'agency', value: agency });
    expect(agency).toMatchObject({ version: 4n, state: AgencyState.AGENCY_STATE_ACTIVE, endorsedBy: ['agencies/harbour'] });
  });

  it('never holds a secret', async () => {
    const registry = await founded();
    await registry.call('setActorSecret', { name: RELIEF.name, secret: secretOf('again') }, RELIEF);
    await close(registry);
    for (const file of await readdir(folder.path)) {
      expect((await readFile(join(folder.path, file))).includes('the secret of')).toBe(false);
    }
    const reopened = await open();
    const hashes = (await reopened.records()).filter(({ envelope }) => /secret[^-]|scrypt|salt|hash/i.test(Buffer.from(envelope).toString('latin1')));
    expect(hashes).toEqual([]);
  });

  it('begins with the public keys of the node, once', async () => {
    await close(await open());
    const registry = await open();
    const keys = (await registry.events()).map(({ event }) => event.resource?.value);
    expect(keys).toEqual([
      expect.objectContaining({ use: NodeKeyUse.NODE_KEY_USE_TOKENS }),
      expect.objectContaining({ use: NodeKeyUse.NODE_KEY_USE_EPOCHS }),
    ]);
  });
});

describe('a narrowing command', () => {
  it('answers only when its event is in the log and a confirmation of policy state has passed', async () => {
    const clock = new WatchedClock(START);
    const registry = await founded(clock);
    const request = { name: 'agencies/harbour', expectedVersion: 0n, reason: 'a breach' };
    let answered = false;
    const answer = registry.call('suspendAgency', request, OPERATOR).then(() => {
      answered = true;
    });
    await vi.waitFor(() => expect(clock.waits).toContain(CONFIRMATION_MS));
    expect((await registry.events()).at(-1)?.event).toMatchObject({ cause: 'agency.suspended', reason: 'a breach', actor: OPERATOR.name });
    clock.advance(CONFIRMATION_MS - 1);
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    clock.advance(1);
    await answer;
    expect(answered).toBe(true);
  });

  it('does not answer while its event is not in the log', async () => {
    await close(await founded());
    const clock = new WatchedClock(START);
    const registry = await openRegistry(folder.path, { log: deaf }, clock);
    const request = { name: 'agencies/harbour', expectedVersion: 0n, reason: 'a breach' };
    const answer = settled(registry.call('suspendAgency', request, OPERATOR));
    await vi.waitFor(() => expect(registry.service.unwell()).toMatch(/cannot be published/));
    expect(clock.waits).not.toContain(CONFIRMATION_MS);
    await registry.close();
    expect(await answer).toBe('UNAVAILABLE');
  });

  it.each(['withdrawAgency', 'retireActor', 'setActorRoles', 'removeGroupMember'] as const)('is also %s', async (rpc) => {
    const clock = new WatchedClock(START);
    const registry = await founded(clock);
    const ben = { actorId: 'ben', roles: [Role.ROLE_READER, Role.ROLE_PUBLISHER], secret: secretOf('ben') };
    await registry.call('addActor', { agency: 'agencies/relief', actor: ben }, RELIEF);
    await registry.call('createGroup', { groupId: 'force', displayName: 'Force' }, RELIEF);
    await registry.call('addGroupMember', { name: 'groups/force', member: 'agencies/harbour', expectedVersion: 0n }, RELIEF);
    const before = clock.waits.filter((ms) => ms === CONFIRMATION_MS);
    expect(before).toEqual([]);
    const name = 'agencies/relief/actors/ben';
    const answer = {
      withdrawAgency: () => registry.call(rpc, { name: 'agencies/harbour', expectedVersion: 0n, reason: 'done' }, HARBOUR),
      retireActor: () => registry.call(rpc, { name }, RELIEF),
      setActorRoles: () => registry.call(rpc, { name, roles: [Role.ROLE_READER], expectedVersion: 0n }, RELIEF),
      removeGroupMember: () => registry.call(rpc, { name: 'groups/force', member: 'agencies/harbour', expectedVersion: 0n }, HARBOUR),
    }[rpc]();
    await vi.waitFor(() => expect(clock.waits).toContain(CONFIRMATION_MS));
    clock.advance(CONFIRMATION_MS);
    await answer;
  });
});

describe('races', () => {
  it('let every endorsement count when nobody expects a version', async () => {
    const registry = await founded();
    await enter(registry, 'lookout');
    await enter(registry, 'beacon');
    await registry.call('applyAgency', { agency: newAgency('newcomer') }, RELIEF);
    const endorse = { name: 'agencies/newcomer', expectedVersion: 0n };
    const endorsers = ['relief', 'harbour', 'lookout', 'beacon'].map((id) => caller(id, 'ada', ['administrator']));
    await Promise.all(endorsers.map((by) => registry.call('endorseAgency', endorse, by)));
    const { agency } = await registry.call('getAgency', { name: endorse.name }, RELIEF);
    expect(agency?.endorsedBy.toSorted()).toEqual(['beacon', 'harbour', 'lookout', 'relief'].map((id) => `agencies/${id}`));
    expect(agency?.version).toBe(5n);
  });

  it('let one win among those who expect the same version', async () => {
    const registry = await founded();
    await registry.call('createGroup', { groupId: 'force', displayName: 'Force' }, RELIEF);
    await enter(registry, 'lookout');
    const add = (id: string) => registry.call('addGroupMember', { name: 'groups/force', member: `agencies/${id}`, expectedVersion: 1n }, RELIEF);
    const outcomes = await Promise.all([settled(add('harbour')), settled(add('lookout'))]);
    expect(outcomes.toSorted()).toEqual(['VERSION_CONFLICT', 'done']);
  });

  it('never leave an agency without an administrator', async () => {
    const clock = new WatchedClock(START);
    const registry = await founded(clock);
    const ben = { actorId: 'ben', roles: [Role.ROLE_ADMINISTRATOR], secret: secretOf('ben') };
    await registry.call('addActor', { agency: 'agencies/relief', actor: ben }, RELIEF);
    const retire = (id: string) => settled(registry.call('retireActor', { name: `agencies/relief/actors/${id}` }, RELIEF));
    const outcomes = Promise.all([retire('ada'), retire('ben')]);
    expect((await clock.confirm(outcomes)).toSorted()).toEqual(['STATE_FORBIDS', 'done']);
  });

  it('never give one agency id to two applicants, nor the loser’s secret to the winner', async () => {
    const registry = await founded();
    const apply = (secret: string) => {
      const agency = newAgency('newcomer');
      return registry.call('applyAgency', { agency: { ...agency, firstActor: { actorId: 'ada', roles: [Role.ROLE_ADMINISTRATOR], secret } } }, RELIEF);
    };
    const secrets = ['the first secret', 'the second secret', 'the third secret'];
    const outcomes = await Promise.all(secrets.map((secret) => settled(apply(secret))));
    expect(outcomes.toSorted()).toEqual(['ALREADY_EXISTS', 'ALREADY_EXISTS', 'done']);
    const logins = await Promise.all(secrets.map((secret) => settled(registry.call('issueToken', { actor: 'agencies/newcomer/actors/ada', secret }))));
    expect(logins.map((login) => login === 'done')).toEqual(outcomes.map((outcome) => outcome === 'done'));
  });
});

/** A log that takes nothing, as when its broker is out of reach. */
function deaf(log: EventLog): EventLog {
  return {
    topics: log.topics,
    append: () => Promise.reject(new CorridorError('UNAVAILABLE', 'out of reach')),
    consume: (topic, group, onBatch, options) => log.consume(topic, group, onBatch, options),
    tail: (topic, from, options) => log.tail(topic, from, options),
    read: (topic, from, limit) => log.read(topic, from, limit),
    begin: (topic) => log.begin(topic),
    end: (topic) => log.end(topic),
    positions: (topic, group) => log.positions(topic, group),
    close: () => log.close(),
  };
}

/** Documents whose creation fails for some ids of a collection, as when the node dies before it. */
function failing(collection: string, fails: (id: string) => boolean): (store: DocumentStore) => DocumentStore {
  return (store) => ({
    close: () => store.close(),
    collection: async (spec) => {
      const documents = await store.collection(spec);
      if (spec.name !== collection) return documents;
      const create: typeof documents.create = (id, doc, events) =>
        fails(id) ? Promise.reject(new CorridorError('UNAVAILABLE', 'out of reach')) : documents.create(id, doc, events);
      return { ...bound(documents), create };
    },
  });
}

const bound = <T>(documents: Documents<T>): Documents<T> => ({
  get: (id) => documents.get(id),
  getAll: (ids) => documents.getAll(ids),
  create: (id, doc, events) => documents.create(id, doc, events),
  commit: (id, expected, next, events) => documents.commit(id, expected, next, events),
  putAll: (writes) => documents.putAll(writes),
  page: (index, range, after, limit, order) => documents.page(index, range, after, limit, order),
  present: (index, keys) => documents.present(index, keys),
  pending: (limit) => documents.pending(limit),
  published: (id, first, count) => documents.published(id, first, count),
});
