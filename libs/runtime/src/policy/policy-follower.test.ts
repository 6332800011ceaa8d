import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsentEvent } from '@corridor/contracts/hub/v1/hub';
import { KeyEvent } from '@corridor/contracts/hub/v1/record';
import { RegistryEvent } from '@corridor/contracts/registry/v1/resources';
import { openSqliteDocuments } from '@corridor/documents/sqlite';
import type { EventLog } from '@corridor/eventlog';
import { openSqliteEventLog } from '@corridor/eventlog/sqlite';
import { agencyId, CorridorError, ManualClock } from '@corridor/kernel';
import { Database } from '@corridor/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeys, type StoredKeys } from '../keys/stored-keys.ts';
import { TOPICS } from '../topics.ts';
import { newEnvelope, newRecord } from '../wire/record.ts';
import { PolicyFollower } from './policy-follower.ts';
import { CONSENTS_TOPIC, REGISTRY_TOPIC } from './policy-record.ts';

const unhcr = agencyId('unhcr');
let folder: string;
let database: Database;
let log: EventLog;
let keys: StoredKeys;
let clock: ManualClock;
let followers: PolicyFollower[];
const masterKey = randomBytes(32);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-policy-'));
  database = await Database.open(join(folder, 'all.db'));
  log = await openSqliteEventLog(database, { topics: Object.values(TOPICS) });
  keys = await openKeys({ store: await openSqliteDocuments(database), masterKey });
  clock = new ManualClock(1_800_000_000_000);
  followers = [];
});
afterEach(async () => {
  for (const follower of followers) await follower.stop();
  await log.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

function follower(over: EventLog = log): PolicyFollower {
  const made = new PolicyFollower({ log: over, dataKeys: keys.data, clock, report: () => {} });
  followers.push(made);
  return made;
}

const record = (type: string, subject: string, version: number, payload: Uint8Array) =>
  newRecord(newEnvelope({ type, subject, version, source: '/test', payload }, clock));
/** States: 4 active, 5 suspended. */
const agency = (version: number, state: 4 | 5, name = 'unhcr') =>
  record(
    'corridor.registry.v1.RegistryEvent',
    `agencies/${name}`,
    version,
    RegistryEvent.encode(
      RegistryEvent.fromPartial({
        resource: { $case: 'agency', value: { name: `agencies/${name}`, version: BigInt(version), kind: 1, state } },
      }),
    ).finish(),
  );
const consent = (version: number, revoked = false) =>
  record(
    'corridor.hub.v1.ConsentEvent',
    'agencies/unhcr/consents/c1',
    version,
    ConsentEvent.encode({
      cause: revoked ? 'consent.revoked' : 'consent.granted',
      actor: '',
      consent: {
        name: 'agencies/unhcr/consents/c1',
        version: BigInt(version),
        recipient: 'agencies/iom',
        categories: [1],
        purposes: [1],
        expireTime: new Date(2e12),
        revokeTime: revoked ? new Date(1e12) : undefined,
      },
    }).finish(),
  );
const keyDestroyed = (keyId: string) =>
  record('corridor.hub.v1.KeyEvent', keyId, 0, KeyEvent.encode(KeyEvent.fromPartial({ keyId, cause: 'erasure' })).finish());

/** A log whose tails yield nothing more from the moment they are held. */
function holdable(over: EventLog): EventLog & { hold(): void; release(): void } {
  let held = Promise.withResolvers<void>();
  held.resolve();
  return {
    topics: over.topics,
    append: (...args) => over.append(...args),
    consume: (...args) => over.consume(...args),
    read: (...args) => over.read(...args),
    begin: (...args) => over.begin(...args),
    end: (...args) => over.end(...args),
    positions: (...args) => over.positions(...args),
    close: () => over.close(),
    async *tail(...args) {
      for await (const batch of over.tail(...args)) {
        await held.promise;
        yield batch;
      }
    },
    hold: () => {
      held = Promise.withResolvers<void>();
    },
    release: () => held.resolve(),
  };
}

/** Moves time on in small steps until `holds`, so that polls and retries get their turn. */
async function untilHolds(holds: () => boolean): Promise<void> {
  await expect
    .poll(() => {
      if (!holds()) clock.advance(10);
      return holds();
    }, { interval: 1, timeout: 10_000 })
    .toBe(true);
}

describe('the policy follower', () => {
  it('serves only when both topics are folded up to where they ended', async () => {
    await log.append(REGISTRY_TOPIC, [agency(1, 4), agency(1, 4, 'iom'), agency(2, 5, 'iom')]);
    await log.append(CONSENTS_TOPIC, [consent(1)]);
    const policy = follower();
    await policy.start();
    expect(policy.revision).toEqual({ registry: 3, consents: 1 });
    expect([...policy.state.agencies.values()].map(({ id, state }) => [id, state])).toEqual([['unhcr', 'active'], ['iom', 'suspended']]);
    expect(policy.state.consents.get('unhcr/c1')).toMatchObject({ revoked: false, recipient: { kind: 'agency', id: 'iom' } });
    expect((await policy.current()).state).toBe(policy.state);
  });

  it('calls back after each change, with a new state', async () => {
    const policy = follower();
    await policy.start();
    const before = policy.state;
    const changed = new Promise<void>((resolve) => policy.onChange(resolve));
    await log.append(REGISTRY_TOPIC, [agency(1, 4)]);
    await changed;
    expect(policy.state).not.toBe(before);
    expect(before.agencies.size).toBe(0);
    expect(policy.state.agencies.get(unhcr)?.state).toBe('active');
  });

  it('ignores repeats: what a newer event took away an older one never brings back', async () => {
    await log.append(CONSENTS_TOPIC, [consent(1), consent(2, true), consent(1), consent(2, true)]);
    const policy = follower();
    await policy.start();
    expect(policy.state.consents.get('unhcr/c1')).toMatchObject({ version: 2, revoked: true });
    await untilHolds(() => policy.confirmed());
  });

  it('waits at a gap, is unconfirmed meanwhile, and goes on in order', async () => {
    await log.append(REGISTRY_TOPIC, [agency(1, 4), agency(3, 4), agency(1, 4, 'iom')]);
    const policy = follower();
    await policy.start();
    expect(policy.state.agencies.get(unhcr)?.version).toBe(1);
    expect(policy.state.agencies.size).toBe(2);
    expect([policy.confirmed(), policy.unwell()]).toEqual([false, expect.stringContaining('missing')]);
    await log.append(REGISTRY_TOPIC, [agency(2, 5)]);
    await untilHolds(() => policy.confirmed());
    expect(policy.state.agencies.get(unhcr)).toMatchObject({ version: 3, state: 'active' });
    expect(policy.unwell()).toBeUndefined();
  });

  it('goes unconfirmed within the second when its tail is held back, and decides nothing until it has caught up', async () => {
    const held = holdable(log);
    const policy = follower(held);
    await policy.start();
    await untilHolds(() => policy.confirmed());
    held.hold();
    await log.append(REGISTRY_TOPIC, [agency(1, 5)]);
    const appended = clock.now();
    await untilHolds(() => !policy.confirmed());
    expect(clock.now() - appended).toBeLessThanOrEqual(1000);
    const refused = policy.current().catch((error: unknown) => error);
    let settled = false;
    void refused.then(() => {
      settled = true;
    });
    await untilHolds(() => settled);
    expect(await refused).toMatchObject({ reason: 'POLICY_UNCONFIRMED' });
    held.release();
    await untilHolds(() => policy.confirmed());
    expect(policy.state.agencies.get(unhcr)?.state).toBe('suspended');
  });

  it('is unconfirmed when the ends cannot be asked, and confirmed again when they can', async () => {
    let reachable = true;
    const cut: EventLog = { ...holdable(log), end: (topic) => (reachable ? log.end(topic) : Promise.reject(new Error('cut off'))) };
    const policy = follower(cut);
    await policy.start();
    await untilHolds(() => policy.confirmed());
    reachable = false;
    const since = clock.now();
    await untilHolds(() => !policy.confirmed());
    expect(clock.now() - since).toBeLessThanOrEqual(1000);
    reachable = true;
    await untilHolds(() => policy.confirmed());
  });

  it('says at once when the confirmation lapses, though nothing answers any more', async () => {
    const answering = Promise.withResolvers<void>();
    let answers = true;
    const cut: EventLog = { ...holdable(log), end: (topic) => (answers ? log.end(topic) : answering.promise.then(() => log.end(topic))) };
    const policy = follower(cut);
    await policy.start();
    await untilHolds(() => policy.confirmed());
    let lapses = 0;
    policy.onLapse(() => {
      lapses += 1;
      expect(policy.confirmed()).toBe(false);
    });
    answers = false;
    const since = clock.now();
    await untilHolds(() => lapses > 0);
    expect(clock.now() - since).toBeLessThanOrEqual(1010);
    answering.resolve();
  });

  it('knows, when it is asked for the latest, what was in the log at the call', async () => {
    const policy = follower();
    await policy.start();
    await log.append(REGISTRY_TOPIC, [agency(1, 4)]);
    const [one, other] = await Promise.all([policy.latest(), policy.latest()]);
    expect([one, other].map(({ state }) => state.agencies.get(unhcr)?.state)).toEqual(['active', 'active']);
    const held = holdable(log);
    const behind = follower(held);
    await behind.start();
    held.hold();
    await log.append(REGISTRY_TOPIC, [agency(2, 5)]);
    let refused: unknown;
    void behind.latest().catch((error: unknown) => {
      refused = error;
    });
    await untilHolds(() => refused !== undefined);
    expect(refused).toMatchObject({ reason: 'POLICY_UNCONFIRMED' });
    held.release();
  });

  it('waits no longer for the latest when nobody answers what that is', async () => {
    const answering = Promise.withResolvers<void>();
    let answers = true;
    const silent: EventLog = { ...holdable(log), end: (topic) => (answers ? log.end(topic) : answering.promise.then(() => log.end(topic))) };
    const policy = follower(silent);
    await policy.start();
    answers = false;
    const since = clock.monotonic();
    let refused: unknown;
    void policy.latest().catch((error: unknown) => {
      refused = error;
    });
    await untilHolds(() => refused !== undefined);
    expect(refused).toMatchObject({ reason: 'POLICY_UNCONFIRMED' });
    expect(clock.monotonic() - since).toBeLessThanOrEqual(1010);
    answering.resolve();
  });

  it('says why when the latest cannot be asked for', async () => {
    let away = false;
    const policy = follower({ ...holdable(log), end: (topic) => (away ? Promise.reject(new CorridorError('UNAVAILABLE', 'the log is away')) : log.end(topic)) });
    await policy.start();
    away = true;
    await expect(policy.latest()).rejects.toThrow('the log is away');
  });

  it('is unconfirmed while the clock is set back', async () => {
    const policy = follower();
    await policy.start();
    await untilHolds(() => policy.confirmed());
    clock.setBy(-5000);
    expect(policy.confirmed()).toBe(false);
  });

  it('tells when a revision is reached, or that it was not in time', async () => {
    const policy = follower();
    await policy.start();
    const reached = policy.reached({ registry: 1, consents: 0 });
    await log.append(REGISTRY_TOPIC, [agency(1, 4)]);
    await reached;
    expect(policy.revision.registry).toBe(1);
    let outcome: unknown;
    void policy.reached({ registry: 9, consents: 0 }).catch((error: unknown) => {
      outcome = error;
    });
    await untilHolds(() => outcome !== undefined);
    expect(outcome).toMatchObject({ reason: 'POLICY_UNCONFIRMED' });
    const leaving = new AbortController();
    const left = policy.reached({ registry: 9, consents: 0 }, leaving.signal);
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
  });

  it('knows the keys that sign tokens, and only those', async () => {
    const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const nodeKey = (keyId: string, use: 1 | 2) =>
      record(
        'corridor.registry.v1.RegistryEvent',
        `nodeKeys/${keyId}`,
        1,
        RegistryEvent.encode(
          RegistryEvent.fromPartial({ resource: { $case: 'nodeKey', value: { keyId, use, publicKey: Buffer.from(x, 'base64url') } } }),
        ).finish(),
      );
    await log.append(REGISTRY_TOPIC, [nodeKey('tokens-1', 1), nodeKey('epochs-1', 2)]);
    const policy = follower();
    await policy.start();
    expect(policy.tokenKey('tokens-1')?.export({ format: 'jwk' }).x).toBe(x);
    expect(policy.tokenKey('epochs-1')).toBeUndefined();
  });

  it('destroys data keys again that a restored store of keys still holds, before it serves', async () => {
    const kept = { owner: 'unhcr', series: 'stock', month: '2027-06' };
    const key = await keys.data.forSealing({ owner: 'unhcr', series: 'arrivals', month: '2027-06' });
    await keys.data.forSealing(kept);
    await log.append(CONSENTS_TOPIC, [keyDestroyed(key.id)]);
    await follower().start();
    expect(keys.data.loaded(key.id)).toBeUndefined();
    await expect(keys.data.load(key.id)).rejects.toMatchObject({ reason: 'KEY_DESTROYED' });
    expect(await keys.data.forSealing(kept)).toBeDefined();
  });

  it.each([
    ['a type it does not know', unreadable('corridor.registry.v9.Other', new Uint8Array())],
    ['no resource', unreadable('corridor.registry.v1.RegistryEvent', new Uint8Array())],
    ['garbage', unreadable('corridor.registry.v1.RegistryEvent', Buffer.from([0xff, 0xff]))],
    ['an unknown state of an agency', unreadable('corridor.registry.v1.RegistryEvent', unknownState())],
  ])('decides nothing after an event with %s', async (_, make) => {
    await log.append(REGISTRY_TOPIC, [agency(1, 4)]);
    const policy = follower();
    await policy.start();
    await untilHolds(() => policy.confirmed());
    await log.append(REGISTRY_TOPIC, [make()]);
    await untilHolds(() => policy.unwell() !== undefined);
    expect(policy.confirmed()).toBe(false);
    await expect(policy.current()).rejects.toMatchObject({ message: expect.any(String) });
    const restarted = follower();
    await expect(restarted.start()).rejects.toBeDefined();
  });
});

function unreadable(type: string, payload: Uint8Array) {
  return () => record(type, 'agencies/unhcr', 2, payload);
}
function unknownState(): Uint8Array {
  const bytes = RegistryEvent.encode(
    RegistryEvent.fromPartial({ resource: { $case: 'agency', value: { name: 'agencies/unhcr', version: 2n, kind: 1, state: 6 } } }),
  ).finish();
  // The last byte is the state.
  bytes[bytes.length - 1] = 77;
  return bytes;
}
