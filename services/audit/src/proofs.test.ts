import { openSqliteDocuments } from '@corridor/documents/sqlite';
import { CorridorError, ManualClock } from '@corridor/kernel';
import { leafHash, noteSigner, openCheckpoint, parseVerifierKey, verifyConsistency, verifyInclusion } from '@corridor/merkle';
import { TOPICS, type Caller } from '@corridor/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { caller, NEVER_MS, operator, ORIGIN, reasonOf, TestNode, type TestAudit } from './node.testing.ts';
import { Checkpoints } from './projections/checkpoints.ts';

let node: TestNode;
beforeEach(async () => {
  node = new TestNode();
  await node.open();
});
afterEach(() => node.remove());

const unhcr = caller('unhcr', 'reader');
const iom = caller('iom', 'reader', 'administrator');
const { registry, consents, updates, record } = TOPICS;

/** The partition and offset of one new record. */
async function written(on: TestNode, topic: string, subject: string): Promise<{ readonly partition: number; readonly offset: bigint }> {
  const [position] = await on.append(topic, subject);
  if (position === undefined) throw new Error('nothing was appended');
  return { partition: position.partition, offset: BigInt(position.offset) };
}

/** Whether the proof that a caller gets verifies offline; the reason of the refusal otherwise. */
async function proof(audit: TestAudit, by: Caller, topic: string, position: { readonly partition: number; readonly offset: bigint }): Promise<string> {
  try {
    const { verifier } = await audit.call('getCheckpoint', by, { newest: false });
    const { envelope, leafIndex, path, checkpoint } = await audit.call('getInclusionProof', by, { topic, position });
    const opened = openCheckpoint(checkpoint, [parseVerifierKey(verifier)]);
    if (!opened.ok) return opened.reason;
    const { size, root } = opened.checkpoint;
    return verifyInclusion({ leafHash: leafHash(envelope), index: Number(leafIndex), size, root, path }) ? 'proved' : 'not proved';
  } catch (error) {
    return CorridorError.from(error).reason;
  }
}

describe('an inclusion proof', () => {
  it('verifies offline for every record, across tiles', async () => {
    const audit = await node.start();
    const positions = await node.append(updates.name, ...Array.from({ length: 900 }, (_, i) => `unhcr/series-${i % 30}`));
    await audit.published(900);
    for (const { partition, offset } of positions.filter((_, i) => i % 37 === 0)) {
      expect(await proof(audit, unhcr, updates.name, { partition, offset: BigInt(offset) })).toBe('proved');
    }
  });

  const rows: readonly (readonly [topic: string, subject: string, whoMay: string])[] = [
    [record.name, 'unhcr', 'unhcr'],
    [record.name, 'iom', 'iom'],
    [updates.name, 'unhcr/arrivals', 'unhcr'],
    [updates.name, 'iom/unhcr', 'iom'],
    [registry.name, 'agencies/unhcr', 'unhcr'],
    [registry.name, 'agencies/unhcr/actors/actor-1', 'unhcr'],
    [registry.name, 'agencies/iom/focalPoints/unhcr', 'iom'],
    [registry.name, 'agreements/unhcr', 'nobody'],
    [registry.name, 'groups/unhcr', 'nobody'],
    [consents.name, 'agencies/unhcr/consents/one', 'unhcr'],
    [consents.name, 'breakGlass/unhcr', 'nobody'],
    ['corridor.out.unhcr', 'unhcr/arrivals', 'nobody, not even operators'],
  ];
  describe('of a record', () => {
    let shared: TestNode;
    let audit: TestAudit;
    beforeAll(async () => {
      shared = new TestNode();
      await shared.open();
      audit = await shared.start();
    });
    afterAll(() => shared.remove());

    it.each(rows)('of %s about %s is for %s, and for operators', async (topic, subject, whoMay) => {
      const position = await written(shared, topic, subject);
      const seen = async (by: Caller): Promise<string> => proof(audit, by, topic, position);
      expect(await seen(unhcr)).toBe(whoMay === 'unhcr' ? 'proved' : 'NOT_FOUND');
      expect(await seen(iom)).toBe(whoMay === 'iom' ? 'proved' : 'NOT_FOUND');
      expect(await seen(operator)).toBe(whoMay === 'nobody, not even operators' ? 'NOT_FOUND' : 'proved');
    });
  });

  it('is refused for what is not there in the same words as for what is not yours', async () => {
    const audit = await node.start();
    const theirs = await written(node, record.name, 'iom');
    const message = async (topic: string, position: { readonly partition: number; readonly offset: bigint }): Promise<string> =>
      audit.call('getInclusionProof', unhcr, { topic, position }).then(
        () => 'answered',
        (error: unknown) => JSON.stringify([CorridorError.from(error).reason, CorridorError.from(error).message, CorridorError.from(error).metadata]),
      );
    const refusal = await message(record.name, theirs);
    expect(refusal).toContain('NOT_FOUND');
    expect(await message(record.name, { ...theirs, offset: theirs.offset + 1n })).toBe(refusal);
    expect(await message(record.name, { ...theirs, offset: theirs.offset + 1000n })).toBe(refusal);
    expect(await message(record.name, { partition: 99, offset: 0n })).toBe(refusal);
    expect(await message('corridor.unheard-of.v1', { partition: 0, offset: 0n })).toBe(refusal);
    expect(await message('corridor.out.unhcr', { partition: 0, offset: 0n })).toBe(refusal);
  });

  it('waits for the publication that brings the record under a checkpoint', async () => {
    const clock = new ManualClock(0);
    const audit = await node.start({ clock, checkpointMs: 10_000 });
    const position = await written(node, record.name, 'unhcr');
    await audit.sequenced(1);
    expect((await audit.checkpoint(unhcr, false)).size).toBe(0);
    const waiting = proof(audit, unhcr, record.name, position);
    clock.advance(10_000);
    expect(await waiting).toBe('proved');
    expect((await audit.checkpoint(unhcr, false)).size).toBe(1);
  });

  it('ends with its caller while it waits', async () => {
    const audit = await node.start({ checkpointMs: NEVER_MS });
    const position = await written(node, record.name, 'unhcr');
    const gone = new AbortController();
    const waiting = audit.call('getInclusionProof', unhcr, { topic: record.name, position }, gone.signal);
    gone.abort(new CorridorError('DEADLINE_EXCEEDED', 'too late'));
    expect(await reasonOf(waiting)).toBe('DEADLINE_EXCEEDED');
  });

  it('is given up when no publication brings the record under a checkpoint', async () => {
    const clock = new ManualClock(0);
    const audit = await node.start({ clock, checkpointMs: 1000 });
    await audit.service.stop();
    const position = await written(node, record.name, 'unhcr');
    expect(await reasonOf(audit.call('getInclusionProof', unhcr, { topic: record.name, position }))).toBe('UNAVAILABLE');
  });
});

describe('a checkpoint', () => {
  it('is for everyone when published; the newest of all is for operators', async () => {
    const audit = await node.start({ checkpointMs: NEVER_MS });
    await node.append(record.name, 'unhcr', 'iom');
    await audit.sequenced(2);
    expect((await audit.checkpoint(unhcr, false)).size).toBe(0);
    expect((await audit.checkpoint(operator, true)).size).toBe(2);
    expect(await reasonOf(audit.checkpoint(unhcr, true))).toBe('PERMISSION_DENIED');
  });

  it('is published once an interval, and only when the log has grown', async () => {
    const clock = new ManualClock(0);
    const audit = await node.start({ clock, checkpointMs: 1000 });
    const time = async (): Promise<number> => (await audit.call('getCheckpoint', unhcr, { newest: false })).time?.getTime() ?? -1;
    await node.append(record.name, 'unhcr');
    await audit.published(1);
    const first = await time();
    expect(first).toBeGreaterThanOrEqual(1000);
    clock.advance(5000);
    await node.append(record.name, 'unhcr');
    await audit.sequenced(2);
    expect(await time()).toBe(first);
    await audit.published(2);
    expect((await time()) - first).toBeGreaterThanOrEqual(1000);
  });

  it('is published once an interval however many replicas run', async () => {
    const clock = new ManualClock(0);
    const first = await node.start({ clock, checkpointMs: 1000 });
    clock.advance(500);
    const second = await node.start({ clock, checkpointMs: 1000 });
    for (let size = 1; size <= 4; size += 1) {
      await node.append(record.name, 'unhcr');
      for (const audit of [first, second]) await audit.sequenced(size);
      await first.published(size);
    }
    const checkpoints = await Checkpoints.open(await openSqliteDocuments(node.store.database), 1, noteSigner(ORIGIN, Buffer.alloc(32)));
    const times: number[] = [];
    for await (const { time } of checkpoints.published()) times.push(time);
    expect(times.length).toBe(5);
    for (const [i, time] of times.entries()) if (i > 0) expect(time - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(900);
  });
});

describe('a consistency proof', () => {
  it('leads from every size to the newest published, verifiable offline', async () => {
    const audit = await node.start();
    await node.append(record.name, ...Array.from({ length: 300 }, () => 'iom'));
    await audit.published(300);
    const earlier = await audit.checkpoint(unhcr, false);
    await node.append(record.name, ...Array.from({ length: 400 }, () => 'iom'));
    await audit.published(700);
    const later = await audit.checkpoint(unhcr, false);
    const { path, checkpoint } = await audit.call('getConsistencyProof', unhcr, { firstSize: BigInt(earlier.size), secondSize: 0n });
    expect(verifyConsistency({ size1: earlier.size, root1: earlier.root, size2: later.size, root2: later.root, path })).toBe(true);
    expect(checkpoint).toContain(`\n${later.size}\n`);
  });

  it('from the empty tree has no hashes, since every tree extends it', async () => {
    const audit = await node.start();
    await node.append(record.name, 'iom');
    await audit.published(1);
    const { path, checkpoint } = await audit.call('getConsistencyProof', unhcr, { firstSize: 0n, secondSize: 1n });
    expect(path).toEqual([]);
    expect(checkpoint).toContain('\n1\n');
  });

  it('is refused beyond what is published, but for operators', async () => {
    const audit = await node.start({ checkpointMs: NEVER_MS });
    await node.append(record.name, 'iom', 'iom');
    await audit.sequenced(2);
    const ask = (by: Caller, firstSize: bigint, secondSize: bigint): Promise<string> =>
      reasonOf(audit.call('getConsistencyProof', by, { firstSize, secondSize }));
    expect(await ask(unhcr, 1n, 2n)).toBe('INVALID_ARGUMENT');
    expect(await ask(operator, 1n, 2n)).toBe('none');
    expect(await ask(operator, 1n, 3n)).toBe('INVALID_ARGUMENT');
    expect(await ask(operator, 2n, 1n)).toBe('INVALID_ARGUMENT');
    expect(await ask(operator, 2n ** 63n, 2n ** 63n)).toBe('INVALID_ARGUMENT');
  });
});

describe('the service', () => {
  it('answers nothing before it has started and after it has stopped', async () => {
    const audit = await node.build();
    expect(await reasonOf(audit.checkpoint())).toBe('UNAVAILABLE');
    await audit.service.start();
    expect(await reasonOf(audit.checkpoint())).toBe('none');
    await audit.service.stop();
    expect(await reasonOf(audit.checkpoint())).toBe('UNAVAILABLE');
  });

  it('reports how far a check of the log came, and what it found at its end', async () => {
    const audit = await node.start();
    await node.append(record.name, ...Array.from({ length: 9000 }, () => 'iom'));
    await audit.sequenced(9000);
    const answers = await audit.checkLog();
    expect(answers.length).toBeGreaterThan(1);
    expect(answers.map(({ consistent }) => consistent)).toEqual(answers.map((_, i) => i === answers.length - 1));
    expect(answers.at(-1)).toMatchObject({ checked: 9000n, size: 9000n, findings: [] });
  });
});
