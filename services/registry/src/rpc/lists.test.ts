import { RegistryServiceService } from '@corridor/contracts/registry/v1/registry';
import type { Agreement } from '@corridor/contracts/registry/v1/resources';
import { CorridorError } from '@corridor/kernel';
import { accessCases, type AccessTable } from '@corridor/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  caller,
  enter,
  foundRegistry,
  HARBOUR,
  openRegistry,
  OPERATOR,
  RELIEF,
  temporaryFolder,
  type TestRegistry,
} from '../registry.testing.ts';
import { permission } from '../testing.ts';

type Page = { readonly nextPageToken: string };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let registry: TestRegistry;
const LOOKOUT = caller('lookout', 'ada', ['administrator']);

beforeAll(async () => {
  folder = await temporaryFolder();
  registry = await openRegistry(folder.path);
  await foundRegistry(registry);
  for (const id of ['lookout', 'beacon', 'anchor']) await enter(registry, id);
  await registry.call('createGroup', { groupId: 'force', displayName: 'Force' }, RELIEF);
  await registry.call('addGroupMember', { name: 'groups/force', member: 'agencies/lookout', expectedVersion: 0n }, RELIEF);
  for (const id of ['pact-a', 'pact-b', 'pact-c']) await draft(id, ['relief', 'harbour']);
  await draft('for-the-group', ['relief', 'harbour'], 'groups/force');
  await draft('with-lookout', ['relief', 'lookout'], 'groups/force');
  await draft('lookout-alone', ['lookout', 'beacon']);
});
afterAll(async () => {
  await registry.close();
  await folder.remove();
});

async function draft(agreementId: string, parties: readonly string[], group = ''): Promise<void> {
  const agreement: Agreement = {
    name: '',
    version: 0n,
    title: agreementId,
    template: 'information-sharing-protocol',
    parties: parties.map((party) => `agencies/${party}`),
    group,
    clauses: [permission()],
    effectiveTime: new Date('2026-01-01'),
    expireTime: new Date('2030-01-01'),
    state: 0,
    signatures: [],
    endedBy: '',
  };
  await registry.call('draftAgreement', { agreementId, agreement }, caller(parties[0] ?? '', 'ada', ['administrator']));
}

/** Walks a list to its end, page by page. */
async function walk<T extends Page>(pageSize: number, read: (page: { pageSize: number; pageToken: string }) => Promise<T>): Promise<readonly T[]> {
  const pages: T[] = [];
  let pageToken = '';
  do {
    const page = await read({ pageSize, pageToken });
    pages.push(page);
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && pages.length < 20);
  return pages;
}
const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: unknown) => {
      const { reason, message, metadata } = CorridorError.from(error);
      return { reason, message, metadata };
    },
  );

describe('lists', () => {
  it.each([1, 2, 100])('show every agency once, by name, in pages of %i; the operator is none', async (pageSize) => {
    const pages = await walk(pageSize, (page) => registry.call('listAgencies', page, HARBOUR));
    expect(pages.every(({ agencies }) => agencies.length <= pageSize)).toBe(true);
    expect(pages.flatMap(({ agencies }) => agencies.map(({ name }) => name))).toEqual(
      ['anchor', 'beacon', 'harbour', 'lookout', 'relief'].map((id) => `agencies/${id}`),
    );
  });

  it.each([1, 2, 3, 100])('show the agreements that bind an agency, as a party or through a group, once, in pages of %i', async (pageSize) => {
    const names = async (by: typeof RELIEF): Promise<readonly string[]> =>
      (await walk(pageSize, (page) => registry.call('listAgreements', page, by))).flatMap(({ agreements }) =>
        agreements.map(({ name }) => name.slice('agreements/'.length)),
      );
    expect(await names(RELIEF)).toEqual(['for-the-group', 'pact-a', 'pact-b', 'pact-c', 'with-lookout']);
    expect(await names(LOOKOUT)).toEqual(['lookout-alone', 'with-lookout', 'for-the-group']);
    expect(await names(caller('anchor', 'ada', ['reader']))).toEqual([]);
    expect(await names(OPERATOR)).toHaveLength(6);
  });

  it('show an agency its own groups, and the operator all', async () => {
    const names = async (by: typeof RELIEF) => (await registry.call('listGroups', { pageSize: 0, pageToken: '' }, by)).groups.map(({ name }) => name);
    expect(await names(LOOKOUT)).toEqual(['groups/force']);
    expect(await names(HARBOUR)).toEqual([]);
    expect(await names(OPERATOR)).toEqual(['groups/force']);
  });

  it('give tokens that are good for the same list and caller alone', async () => {
    const { nextPageToken: pageToken } = await registry.call('listAgencies', { pageSize: 1, pageToken: '' }, HARBOUR);
    const next = { pageSize: 1, pageToken };
    expect((await registry.call('listAgencies', next, HARBOUR)).agencies.map(({ name }) => name)).toEqual(['agencies/beacon']);
    const invalid = expect.objectContaining({ reason: 'PAGE_TOKEN_INVALID' });
    await expect(registry.call('listAgencies', next, RELIEF)).rejects.toEqual(invalid);
    await expect(registry.call('listGroups', next, HARBOUR)).rejects.toEqual(invalid);
    await expect(registry.call('listFocalPoints', { ...next, agency: 'agencies/relief' }, HARBOUR)).rejects.toEqual(invalid);
    await expect(registry.call('listAgencies', { pageSize: 1, pageToken: 'anything' }, HARBOUR)).rejects.toEqual(invalid);
    expect(Buffer.from(pageToken, 'base64url').toString('latin1')).not.toContain('anchor');
  });

  it('refuse pages of a size out of range', async () => {
    for (const pageSize of [-1, 1001]) {
      await expect(registry.call('listAgencies', { pageSize, pageToken: '' }, HARBOUR)).rejects.toEqual(
        expect.objectContaining({ reason: 'INVALID_ARGUMENT' }),
      );
    }
  });
});

describe('what a stranger may not see', () => {
  it('looks as if it were not there', async () => {
    const stranger = caller('anchor', 'ada', ['administrator']);
    const step = { expectedVersion: 0n, reason: 'curious' };
    const member = { member: 'agencies/anchor', expectedVersion: 0n };
    const sign = { keyId: 'first', signature: Buffer.alloc(64) };
    for (const ask of [
      (id: string) => registry.call('getAgreement', { name: `agreements/${id}` }, stranger),
      (id: string) => registry.call('signAgreement', { name: `agreements/${id}`, ...sign }, stranger),
      (id: string) => registry.call('suspendAgreement', { name: `agreements/${id}`, ...step }, stranger),
      (id: string) => registry.call('terminateAgreement', { name: `agreements/${id}`, ...step }, stranger),
      (id: string) => registry.call('resumeAgreement', { name: `agreements/${id}`, expectedVersion: 0n }, stranger),
      (id: string) => registry.call('getGroup', { name: `groups/${id === 'pact-a' ? 'force' : id}` }, stranger),
      (id: string) => registry.call('addGroupMember', { name: `groups/${id === 'pact-a' ? 'force' : id}`, ...member }, stranger),
      (id: string) => registry.call('removeGroupMember', { name: `groups/${id === 'pact-a' ? 'force' : id}`, ...member }, stranger),
    ]) {
      const there = await refusal(ask('pact-a'));
      expect(there).toMatchObject({ reason: 'NOT_FOUND' });
      expect(there).toEqual(await refusal(ask('nothing')));
    }
  });

  it('includes a group, when an agreement names it', async () => {
    const terms = async (group: string): Promise<unknown> => refusal(draft('curious', ['anchor', 'relief'], group));
    expect(await terms('groups/force')).toEqual(await terms('groups/nothing'));
    expect(await terms('groups/force')).toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });
});

describe('a group that an agreement binds', () => {
  it('has its convener among the parties, which speaks for it', async () => {
    await expect(draft('without-convener', ['lookout', 'beacon'], 'groups/force')).rejects.toEqual(
      expect.objectContaining({ reason: 'INVALID_ARGUMENT', metadata: { field: 'agreement.parties' } }),
    );
  });
});

describe('the table of who may call what', () => {
  it('is refused while an RPC, or a caller of one, is not in it', () => {
    const none = {} as AccessTable<typeof RegistryServiceService, 'nobody'>;
    expect(() => accessCases(RegistryServiceService, ['nobody'], none)).toThrow('nobody has said who may call found');
    const { found } = RegistryServiceService;
    const row = { request: () => ({ bootstrapSecret: '', operator: undefined, agencies: [] }), outcomes: { nobody: 'OK' as const } };
    expect(accessCases({ found }, ['nobody'], { found: row })).toHaveLength(1);
    expect(() => accessCases({ found }, ['nobody', 'reader'], { found: row } as never)).toThrow('what reader gets from found');
    expect(() => accessCases({ found }, ['nobody'], { found: row, other: row } as never)).toThrow('no other');
  });
});
