import type { Documents } from '@corridor/documents';
import { describe, expect, it } from 'vitest';
import { CHEAP } from '../registry.testing.ts';
import { OWASP_COST, SECRET_HASHES, Secrets, type SecretHash } from './secrets.ts';
import { Slots } from './slots.ts';

const SECRET = 'correct horse battery';

/** Documents in memory: what the secrets need of them. */
function inMemory(): Documents<SecretHash> & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  const read = (id: string) => {
    const bytes = kept.get(id);
    return bytes === undefined ? undefined : { id, version: 1, doc: SECRET_HASHES.decode(bytes) };
  };
  return {
    kept,
    get: async (id) => read(id),
    getAll: async (ids) => ids.map(read).filter((found) => found !== undefined),
    create: async (id, doc) => {
      kept.set(id, SECRET_HASHES.encode(doc));
      return { id, version: 1, doc };
    },
    commit: () => Promise.reject(new Error('never')),
    putAll: async (writes) => {
      for (const { id } of writes) kept.delete(id);
    },
    page: () => Promise.reject(new Error('never')),
    present: () => Promise.reject(new Error('never')),
    pending: async () => [],
    published: async () => undefined,
  };
}

const secretsOver = (documents: Documents<SecretHash>, slots = new Slots(2, 10)): Secrets => new Secrets(documents, CHEAP, slots);

describe('secrets', () => {
  it('match the one that was kept, and no other', async () => {
    const secrets = secretsOver(inMemory());
    const id = await secrets.keep(SECRET, 'secret');
    expect(await secrets.matches(id, SECRET)).toBe(true);
    expect(await secrets.matches(id, `${SECRET} `)).toBe(false);
    expect(await secrets.matches(undefined, SECRET)).toBe(false);
    expect(await secrets.matches('another', SECRET)).toBe(false);
  });

  it('are salted: the same secret is kept as different bytes', async () => {
    const documents = inMemory();
    const secrets = secretsOver(documents);
    await secrets.keep(SECRET, 'secret');
    await secrets.keep(SECRET, 'secret');
    const [one, two] = [...documents.kept.values()].map((bytes) => SECRET_HASHES.decode(bytes));
    expect(one?.salt).not.toEqual(two?.salt);
    expect(one?.hash).not.toEqual(two?.hash);
  });

  it('of nobody cost a slow hash too, so that time tells nobody who there is', async () => {
    const documents = inMemory();
    const id = await secretsOver(documents).keep(SECRET, 'secret');
    const full = secretsOver(documents, new Slots(0, 0));
    for (const whose of [id, undefined, 'another']) {
      await expect(full.matches(whose, SECRET)).rejects.toEqual(expect.objectContaining({ reason: 'RATE_LIMITED' }));
    }
  });

  it('are forgotten when nothing refers to them', async () => {
    const documents = inMemory();
    const secrets = secretsOver(documents);
    const id = await secrets.keep(SECRET, 'secret');
    await secrets.forget(id);
    expect(await secrets.matches(id, SECRET)).toBe(false);
    expect(documents.kept.size).toBe(0);
  });

  it('have 16 to 200 characters', async () => {
    const secrets = secretsOver(inMemory());
    for (const secret of ['', 'x'.repeat(15), 'x'.repeat(201)]) {
      await expect(secrets.keep(secret, 'actor.secret')).rejects.toEqual(
        expect.objectContaining({ reason: 'INVALID_ARGUMENT', metadata: { field: 'actor.secret' } }),
      );
    }
    for (const secret of ['x'.repeat(16), '🔑'.repeat(200)]) expect(await secrets.keep(secret, 'actor.secret')).not.toBe('');
  });

  it('still match after the cost was raised, and at the cost of production', async () => {
    const documents = inMemory();
    const id = await secretsOver(documents).keep(SECRET, 'secret');
    const raised = new Secrets(documents, OWASP_COST, new Slots(1, 1));
    expect(await raised.matches(id, SECRET)).toBe(true);
    expect(await raised.matches(await raised.keep(SECRET, 'secret'), SECRET)).toBe(true);
  });
});

describe('slots', () => {
  it('run so many at a time, in order, let so many wait, and refuse the rest', async () => {
    const slots = new Slots(2, 2);
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const started: number[] = [];
    const works = gates.map(({ promise }, i) =>
      slots.run(async () => {
        started.push(i);
        await promise;
      }),
    );
    await expect(slots.run(async () => undefined)).rejects.toEqual(expect.objectContaining({ reason: 'RATE_LIMITED' }));
    expect(started).toEqual([0, 1]);
    gates[1]?.resolve();
    await works[1];
    expect(started).toEqual([0, 1, 2]);
    for (const { resolve } of gates) resolve();
    await Promise.all(works);
    expect(started).toEqual([0, 1, 2, 3]);
    expect(await slots.run(async () => 'free again')).toBe('free again');
  });

  it('are free again after a work that failed', async () => {
    const slots = new Slots(1, 0);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await slots.run(async () => 'yes')).toBe('yes');
  });
});
