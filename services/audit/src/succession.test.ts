import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromUtf8 } from '@corridor/kernel';
import { leafHash, openCheckpoint, parseVerifierKey, verifyInclusion } from '@corridor/merkle';
import { TOPICS } from '@corridor/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caller, reasonOf, TestNode } from './node.testing.ts';

const NEXT_ORIGIN = 'corridor.test/node-1b';

let node: TestNode;
/** The last checkpoint that partners hold. */
let held: string;

/** A node whose database was restored from a backup of five records, after partners were given a checkpoint of ten. */
beforeEach(async () => {
  node = new TestNode();
  await node.open();
  const backup = join(node.folder, 'backup');
  await addFive();
  await node.close();
  copyFileSync(node.file, backup);
  await node.open();
  held = await addFive();
  await node.close();
  for (const suffix of ['-wal', '-shm']) rmSync(node.file + suffix, { force: true });
  copyFileSync(backup, node.file);
  await node.open();
});
afterEach(() => node.remove());

async function addFive(): Promise<string> {
  const audit = await node.start();
  const { size } = await audit.checkpoint();
  await node.append(TOPICS.record.name, 'unhcr', 'iom', 'unhcr', 'iom', 'unhcr');
  await audit.published(size + 5);
  return (await audit.call('getCheckpoint', caller('unhcr'), { newest: false })).note;
}

describe('a log restored behind a published checkpoint', () => {
  it('is not continued under its origin', async () => {
    const audit = await node.build({ continues: held });
    expect(await reasonOf(audit.service.start())).toBe('LOG_FORKED');
    expect(audit.service.unwell()).toContain('continues from that checkpoint');
  });

  it('is succeeded by one whose first leaf is that checkpoint, for everyone to verify', async () => {
    const audit = await node.start({ origin: NEXT_ORIGIN, continues: held });
    await audit.published(6);
    const { verifier } = await audit.call('getCheckpoint', caller('iom'), { newest: false });
    const { envelope, leafIndex, path, checkpoint } = await audit.call('getInclusionProof', caller('iom'), {
      topic: 'checkpoint',
      position: { partition: 0, offset: 0n },
    });
    expect(fromUtf8(envelope)).toBe(held);
    expect(leafIndex).toBe(0n);
    const opened = openCheckpoint(checkpoint, [parseVerifierKey(verifier)]);
    if (!opened.ok) throw new Error(opened.reason);
    const { origin, size, root } = opened.checkpoint;
    expect([origin, size]).toEqual([NEXT_ORIGIN, 6]);
    expect(verifyInclusion({ leafHash: leafHash(envelope), index: 0, size, root, path })).toBe(true);
    expect(await audit.findings()).toEqual([]);
  });

  it('stays succeeded: later starts go on with the new log, and the old one does not come back', async () => {
    const first = await node.start({ origin: NEXT_ORIGIN, continues: held });
    await first.sequenced(6);
    await first.service.stop();
    await node.append(TOPICS.record.name, 'unhcr');
    const second = await node.start({ origin: NEXT_ORIGIN });
    await second.sequenced(7);
    expect(await second.findings()).toEqual([]);
    await second.service.stop();
    expect(await reasonOf((await node.build()).service.start())).toBe('LOG_FORKED');
    expect(await reasonOf((await node.build({ continues: held })).service.start())).toBe('LOG_FORKED');
  });

  it('is not succeeded by a checkpoint of somebody else', async () => {
    const other = new TestNode();
    await other.open();
    const theirs = (await (await other.start()).call('getCheckpoint', caller('unhcr'), { newest: false })).note;
    await other.remove();
    expect(await reasonOf((await node.build({ origin: NEXT_ORIGIN, continues: theirs })).service.start())).toBe('CONFIG_INVALID');
    expect(await reasonOf((await node.build({ origin: NEXT_ORIGIN, continues: 'no note' })).service.start())).toBe('CONFIG_INVALID');
    expect(await reasonOf((await node.build({ origin: NEXT_ORIGIN })).service.start())).toBe('LOG_FORKED');
  });
});
