import { EventEmitter } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, Metadata, type ServiceDefinition } from '@grpc/grpc-js';
import { HubServiceService } from '@corridor/contracts/hub/v1/hub';
import { KeyEvent } from '@corridor/contracts/hub/v1/record';
import { RegistryEvent } from '@corridor/contracts/registry/v1/resources';
import { partnerTopicName } from '@corridor/eventlog';
import { actorId, agencyId, systemClock } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issueToken } from './auth/tokens.ts';
import { run, type Surroundings } from './lifecycle.ts';
import { type Embedded, openEmbedded } from './open-embedded.ts';
import type { Service } from './service.ts';
import { TOPICS } from './topics.ts';
import { newEnvelope, newRecord } from './wire/record.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-embedded-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): Promise<Embedded> =>
  openEmbedded({
    config: { dataFolder: join(folder, 'data'), reserveBytes: 0, grpc: { host: '127.0.0.1', port: 0 } },
    clock: systemClock,
    report: () => {},
  });

class FakeProcess extends EventEmitter implements Surroundings {
  exit(): void {}
  uptime = (): number => 0;
}

/** Runs a node with one small service; `inside` is called while it serves. */
async function serving(inside: (node: Embedded) => Promise<void>): Promise<void> {
  const node = await open();
  const definition = { listPlaces: HubServiceService.listPlaces } satisfies ServiceDefinition;
  const service: Service = { name: 'places', start: async () => {}, stop: async () => {}, unwell: () => undefined };
  node.ports.rpc.add(definition, {
    listPlaces: {
      roles: ['reader'],
      unary: (_: unknown, { caller }: { readonly caller: { readonly name: string } }) =>
        Promise.resolve({ places: [], nextPageToken: caller.name, gazetteerVersion: '' }),
    },
  });
  const surroundings = new FakeProcess();
  const started = Promise.withResolvers<void>();
  const ended = run(node.parts([service]), surroundings, (_, event) => {
    if (event === 'node.started') started.resolve();
  });
  try {
    await Promise.race([started.promise, ended]);
    await inside(node);
  } finally {
    surroundings.emit('SIGTERM');
  }
  expect(await ended).toBe(0);
}

function whoAmI(port: number | undefined, token: string): Promise<string> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const { path, requestSerialize, responseDeserialize } = HubServiceService.listPlaces;
  return new Promise<string>((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { query: '', pageSize: 0, pageToken: '' }, metadata, (error, answer) =>
      error === null ? resolve(answer?.nextPageToken ?? '') : reject(error),
    );
  }).finally(() => client.close());
}

const record = (type: string, subject: string, payload: Uint8Array) =>
  newRecord(newEnvelope({ type, subject, version: 1, source: '/test', payload }, systemClock));
const registryEvent = (subject: string, resource: RegistryEvent['resource']) =>
  record(
    'corridor.registry.v1.RegistryEvent',
    subject,
    RegistryEvent.encode({ ...RegistryEvent.fromPartial({}), resource }).finish(),
  );

describe('the embedded node', () => {
  it('knows agencies, actors and its token key again after a restart, and serves only then', async () => {
    let token = '';
    await serving(async (node) => {
      const pair = await node.ports.keys.signing('tokens');
      const actor = 'agencies/unhcr/actors/a7';
      const agency = { name: 'agencies/unhcr', version: 1n, displayName: '', kind: 1, country: '', memberStates: [], state: 4, endorsedBy: [], signingKeys: [], areas: [] } as const;
      await node.ports.log.append(TOPICS.registry.name, [
        registryEvent('nodeKeys/tokens', { $case: 'nodeKey', value: { keyId: pair.keyId, use: 1, publicKey: Buffer.from(pair.publicKey), verifier: '' } }),
        registryEvent('agencies/unhcr', { $case: 'agency', value: agency }),
        registryEvent(actor, { $case: 'actorResource', value: { name: actor, version: 1n, roles: [1], retired: false } }),
      ]);
      await node.policy.reached({ registry: 3, consents: 0 });
      const issued = await issueToken(pair, { agency: agencyId('unhcr'), actor: actorId('a7') }, { clock: systemClock, lifetimeMs: 60_000, id: 'x' });
      ({ token } = issued);
      expect(await whoAmI(node.grpcPort(), token)).toBe(actor);
    });
    await serving(async (node) => {
      expect(await whoAmI(node.grpcPort(), token)).toBe('agencies/unhcr/actors/a7');
      await expect(whoAmI(node.grpcPort(), `${token}x`)).rejects.toMatchObject({ code: 16 });
    });
  });

  it('keeps destroyed data keys destroyed when its store of keys is restored from before', async () => {
    const id = { owner: 'unhcr', series: 'arrivals', month: '2027-06' };
    const files = ['keys.db', 'keys.db-wal', 'keys.db-shm'].map((name) => join(folder, 'data', name));
    await serving(async ({ ports }) => {
      await ports.keys.data.forSealing(id);
    });
    for (const file of files.filter(existsSync)) copyFileSync(file, `${file}.backup`);
    await serving(async ({ ports, policy }) => {
      const keyId = 'unhcr/arrivals/2027-06';
      const payload = KeyEvent.encode({ keyId, cause: 'erasure', actor: '' }).finish();
      await ports.log.append(TOPICS.consents.name, [record('corridor.hub.v1.KeyEvent', keyId, payload)]);
      await policy.reached({ registry: 0, consents: 1 });
      await expect(ports.keys.data.load('unhcr/arrivals/2027-06')).rejects.toMatchObject({ reason: 'KEY_DESTROYED' });
    });
    for (const file of files) rmSync(file, { force: true });
    for (const file of files.filter((each) => existsSync(`${each}.backup`))) copyFileSync(`${file}.backup`, file);
    await serving(async ({ ports }) => {
      await expect(ports.keys.data.load('unhcr/arrivals/2027-06')).rejects.toMatchObject({ reason: 'KEY_DESTROYED' });
    });
  });

  it('has the topics of partners that it was given, after a restart too', async () => {
    const unhcr = agencyId('unhcr');
    await serving(async ({ ports: { log, partnerTopics } }) => {
      await partnerTopics.provision(unhcr);
      await log.append(partnerTopicName(unhcr), [record('corridor.hub.v1.Delivery', 'iom/arrivals', new Uint8Array(8))]);
    });
    await serving(async ({ ports: { log, partnerTopics } }) => {
      expect(await partnerTopics.agencies()).toEqual([unhcr]);
      expect((await log.end(partnerTopicName(unhcr))).reduce((sum, end) => sum + end, 0)).toBe(1);
      await partnerTopics.withdraw(unhcr);
    });
    await serving(async ({ ports: { partnerTopics } }) => {
      expect(await partnerTopics.agencies()).toEqual([]);
    });
  });

  it('keeps everybody else out of its folder, and a second node too', async () => {
    const node = await open();
    expect(statSync(join(folder, 'data')).mode & 0o077).toBe(0);
    expect(statSync(join(folder, 'data/master.key')).mode & 0o077).toBe(0);
    await expect(open()).rejects.toMatchObject({ reason: 'DATA_FOLDER_IN_USE' });
    await node.close();
    await (await open()).close();
  });

  it('does not make a new master key for a store of keys that has one', async () => {
    await (await open()).close();
    chmodSync(join(folder, 'data/master.key'), 0o644);
    await expect(open()).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
    rmSync(join(folder, 'data/master.key'));
    await expect(open()).rejects.toMatchObject({ reason: 'KEY_STORE_UNUSABLE' });
    expect(existsSync(join(folder, 'data/master.key'))).toBe(false);
  });
});
