import { concat, equalBytes, toHex, utf8 } from '@corridor/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { verifyDelivery, type DeliveryEvidence, type DeliveryTrust, type DeliveryVerdict, type ReadWindow } from './delivery.ts';
import { leafHash } from './hash.ts';
import { flipBit, naiveLeaf, naiveRoot, naiveSource, someLeaves } from './naive-tree.test-support.ts';
import { noteSigner, parseVerifierKey } from './note-key.ts';
import { proveInclusion } from './proof.ts';
import { verifyInclusion } from './verify.ts';
import { deliveryLeaf, WindowTree } from './window.ts';

const log = noteSigner('example.org/log', Buffer.alloc(32, 1));
const messages = ['first', 'second', 'third', 'fourth', 'fifth'].map((text, i) => ({ salt: Buffer.alloc(16, i), bytes: utf8(text) }));
const leaves = messages.map(({ salt, bytes }) => deliveryLeaf(salt, bytes));

/** A stand-in for the stored record: a tag, the size in one byte, the root. */
const closing = (size: number, root: Uint8Array): Uint8Array => concat(utf8('close'), Uint8Array.of(size), root);
const readWindow: ReadWindow = (envelope) =>
  equalBytes(envelope.subarray(0, 5), utf8('close'))
    ? { ok: true, size: envelope[5] ?? 0, root: envelope.subarray(6) }
    : { ok: false, reason: 'the record closes no window' };
const trust: DeliveryTrust = { verifiers: [parseVerifierKey(log.verifierKey)], readWindow };

async function evidence(envelope: Uint8Array): Promise<DeliveryEvidence> {
  const logLeaves = someLeaves(20).map((leaf, i) => (i === 13 ? leafHash(envelope) : leaf));
  return {
    messages: { kind: 'all', leaves },
    envelope,
    logIndex: 13,
    logPath: await proveInclusion(naiveSource(logLeaves), 13, 20),
    checkpoint: signCheckpoint({ origin: log.name, size: 20, root: naiveRoot(logLeaves) }, log),
  };
}
const window = new WindowTree();
for (const leaf of leaves) window.add(leaf);
const GOOD = await evidence(closing(5, window.head().root));
const one = (index: number): DeliveryEvidence => ({
  ...GOOD,
  messages: { kind: 'one', leaf: leaves[index] ?? expect.fail(), index, path: window.path(index) },
});
const states = (verdict: DeliveryVerdict): readonly string[] => verdict.checks.map(({ check, state }) => `${check} ${state}`);
const failure = (verdict: DeliveryVerdict): string => (verdict.verdict === 'proved' ? 'none' : `${verdict.failed}: ${verdict.reason}`);

describe('a delivery window', () => {
  it('has the root and the paths of its leaves in order of delivery', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), (size) => {
        const tree = new WindowTree();
        const all = someLeaves(size);
        all.forEach((leaf, i) => expect(tree.add(leaf)).toBe(i));
        const head = tree.head();
        expect([head.size, toHex(head.root)]).toEqual([size, toHex(naiveRoot(all))]);
        expect(toHex(tree.leaves())).toBe(all.map(toHex).join(''));
        all.forEach((leaf, index) => {
          if (!verifyInclusion({ leafHash: leaf, index, ...head, path: tree.path(index) })) expect.fail(`leaf ${index} of ${size}`);
        });
      }),
      { numRuns: 25 },
    );
  });

  it('refuses what is no hash, and paths to what is not there', () => {
    const tree = new WindowTree();
    expect(() => tree.add(Buffer.alloc(31))).toThrow(/32 bytes/);
    expect(() => tree.path(0)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
    expect(tree.size).toBe(0);
  });

  it('hides small counts behind a salt: equal messages have different leaves', () => {
    const bytes = utf8('{"count":12}');
    const salt = Buffer.alloc(16, 1);
    expect(toHex(deliveryLeaf(salt, bytes))).toBe(toHex(naiveLeaf(concat(salt, bytes))));
    expect(toHex(deliveryLeaf(salt, bytes))).not.toBe(toHex(deliveryLeaf(Buffer.alloc(16, 2), bytes)));
    expect(() => deliveryLeaf(Buffer.alloc(15), bytes)).toThrow(/16 bytes/);
  });
});

describe('the offline proof of a delivery', () => {
  it('holds for the whole window and for each message of it', () => {
    const all = verifyDelivery(GOOD, trust);
    expect(all).toMatchObject({ verdict: 'proved', checkpoint: { origin: log.name, size: 20 }, window: { size: 5 } });
    expect(states(all)).toEqual(['checkpoint passed', 'record-in-log passed', 'window passed', 'messages-in-window passed']);
    for (let index = 0; index < 5; index += 1) expect(verifyDelivery(one(index), trust).verdict).toBe('proved');
  });

  it('fails for a message that was not delivered, or not at this place', () => {
    const forged = deliveryLeaf(Buffer.alloc(16), utf8('never sent'));
    const path = window.path(2);
    expect(failure(verifyDelivery({ ...GOOD, messages: { kind: 'one', leaf: forged, index: 2, path } }, trust))).toMatch(/^messages-in-window: .*root/);
    expect(failure(verifyDelivery({ ...GOOD, messages: { kind: 'one', leaf: leaves[2] ?? forged, index: 3, path } }, trust))).toMatch(/^messages-in-window/);
    expect(failure(verifyDelivery({ ...GOOD, messages: { kind: 'one', leaf: leaves[2] ?? forged, index: 5, path } }, trust))).toMatch(/index is not below/);
  });

  it('fails for a window with a message missing, added, changed or out of order', () => {
    const [first, second, ...rest] = leaves;
    if (first === undefined || second === undefined) expect.fail();
    const withLeaves = (list: readonly Uint8Array[]): string => failure(verifyDelivery({ ...GOOD, messages: { kind: 'all', leaves: list } }, trust));
    expect(withLeaves(leaves.slice(1))).toBe('messages-in-window: the window holds 5 messages, not 4');
    expect(withLeaves([...leaves, first])).toBe('messages-in-window: the window holds 5 messages, not 6');
    expect(withLeaves([second, first, ...rest])).toMatch(/^messages-in-window: the messages do not lead/);
    expect(withLeaves([flipBit(first, 0), second, ...rest])).toMatch(/^messages-in-window/);
    expect(withLeaves([first.subarray(1), second, ...rest])).toMatch(/32 bytes/);
  });

  it('fails for a record that is not the one in the log', () => {
    const other = { ...GOOD, envelope: closing(5, flipBit(window.head().root, 3)) };
    expect(states(verifyDelivery(other, trust))).toEqual(['checkpoint passed', 'record-in-log failed', 'window passed', 'messages-in-window failed']);
    expect(failure(verifyDelivery({ ...GOOD, logIndex: 12 }, trust))).toMatch(/^record-in-log: /);
    expect(failure(verifyDelivery({ ...GOOD, logPath: GOOD.logPath.slice(1) }, trust))).toMatch(/^record-in-log: .*fewer hashes/);
  });

  it('fails for a logged record that closes no window', async () => {
    const verdict = verifyDelivery(await evidence(utf8('something else')), trust);
    expect(failure(verdict)).toBe('window: the record closes no window');
    expect(states(verdict)).toEqual(['checkpoint passed', 'record-in-log passed', 'window failed', 'messages-in-window not-possible']);
  });

  it('fails under a checkpoint that the log has not signed', () => {
    const stranger = noteSigner(log.name, Buffer.alloc(32, 5));
    const checkpoint = signCheckpoint({ origin: log.name, size: 20, root: Buffer.alloc(32) }, stranger);
    const verdict = verifyDelivery({ ...GOOD, checkpoint }, trust);
    expect(failure(verdict)).toBe('checkpoint: none of the known keys has signed the note');
    expect(states(verdict)).toEqual(['checkpoint failed', 'record-in-log not-possible', 'window passed', 'messages-in-window passed']);
  });

  it('fails when any one bit of its evidence is changed', () => {
    const base = one(3);
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('envelope', 'checkpoint', 'logPath', 'leaf', 'path'), (bit, part) => {
        const flipIn = (path: readonly Uint8Array[]): readonly Uint8Array[] => path.map((hash, i) => (i === bit % path.length ? flipBit(hash, bit) : hash));
        const { messages: m } = base;
        if (m.kind !== 'one') expect.fail();
        const tampered: DeliveryEvidence = {
          ...base,
          ...(part === 'envelope' && { envelope: flipBit(base.envelope, bit) }),
          ...(part === 'checkpoint' && { checkpoint: flipBit(Buffer.from(base.checkpoint), bit) }),
          ...(part === 'logPath' && { logPath: flipIn(base.logPath) }),
          ...(part === 'leaf' && { messages: { ...m, leaf: flipBit(m.leaf, bit) } }),
          ...(part === 'path' && { messages: { ...m, path: flipIn(m.path) } }),
        };
        expect(verifyDelivery(tampered, trust).verdict).toBe('not-proved');
      }),
      { numRuns: 300 },
    );
  });
});
