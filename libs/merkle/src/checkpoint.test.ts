import { toHex } from '@corridor/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint, type Checkpoint } from './checkpoint.ts';
import { EMPTY_ROOT } from './hash.ts';
import { signNote } from './note.ts';
import { noteSigner, parseVerifierKey } from './note-key.ts';
import { isOneLine } from './text.ts';

/** The example of C2SP tlog-checkpoint. */
const PUBLISHED = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const ROOT = Buffer.alloc(32, 9);
const log = noteSigner('example.org/log', Buffer.alloc(32, 1));
const witness = noteSigner('example.org/witness', Buffer.alloc(32, 2));
const logVerifier = parseVerifierKey(log.verifierKey);
const witnessVerifier = parseVerifierKey(witness.verifierKey);
const CHECKPOINT: Checkpoint = { origin: log.name, size: 42, root: ROOT };
const fault = (note: string, verifiers = [logVerifier]): string => {
  const opened = openCheckpoint(note, verifiers);
  return opened.ok ? 'none' : opened.fault;
};

describe('the text of a checkpoint', () => {
  it('is that of the published example', () => {
    const checkpoint = parseCheckpoint(PUBLISHED) ?? expect.fail('not parsed');
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 });
    expect(toHex(checkpoint.root)).toBe('0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62');
    expect(formatCheckpoint(checkpoint)).toBe(PUBLISHED);
  });

  it('is read back as it was written', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(isOneLine);
    fc.assert(
      fc.property(
        line,
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.array(line, { maxLength: 3 }),
        (origin, size, root, extensions) => {
          const parsed = parseCheckpoint(formatCheckpoint({ origin, size, root, extensions })) ?? expect.fail('not parsed');
          expect([parsed.origin, parsed.size, toHex(parsed.root), parsed.extensions ?? []]).toEqual([origin, size, toHex(root), extensions]);
        },
      ),
    );
  });

  it('of an empty tree has the one root an empty tree can have', () => {
    const empty = formatCheckpoint({ origin: 'o', size: 0, root: EMPTY_ROOT });
    expect(parseCheckpoint(empty)?.size).toBe(0);
    expect(() => formatCheckpoint({ origin: 'o', size: 0, root: ROOT })).toThrow(/empty tree/);
    expect(parseCheckpoint(PUBLISHED.replace('20852163', '0'))).toBeUndefined();
  });

  it.each([
    ['a leading zero', PUBLISHED.replace('20852163', '020852163')],
    ['a sign', PUBLISHED.replace('20852163', '+20852163')],
    ['a size beyond 2^53', PUBLISHED.replace('20852163', '9007199254740992')],
    ['a hexadecimal size', PUBLISHED.replace('20852163', '0x10')],
    ['no origin', PUBLISHED.replace('example.com/behind-the-sofa', '')],
    ['a short root', PUBLISHED.replace('q2I=', '')],
    ['a root that is not canonical base64', PUBLISHED.replace('q2I=', 'q2J=')],
    ['an empty extension line', `${PUBLISHED}\n`],
    ['no last newline', PUBLISHED.slice(0, -1)],
    ['two lines only', 'origin\n5\n'],
  ])('is refused with %s', (_, text) => {
    expect(parseCheckpoint(text)).toBeUndefined();
  });

  it.each<Partial<Checkpoint>>([{ origin: '' }, { origin: 'a\nb' }, { size: -1 }, { size: 1.5 }, { root: ROOT.subarray(1) }, { extensions: [''] }, { extensions: ['a\nb'] }])(
    'is not written with %j',
    (bad) => {
      expect(() => formatCheckpoint({ ...CHECKPOINT, ...bad })).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
    },
  );
});

describe('a signed checkpoint', () => {
  it('opens with the key of its log', () => {
    const opened = openCheckpoint(signCheckpoint(CHECKPOINT, log), [logVerifier]);
    expect(opened).toMatchObject({ ok: true, checkpoint: { origin: log.name, size: 42 }, signedBy: [logVerifier] });
  });

  it('is refused under the signature of another known key alone', () => {
    const note = signNote(formatCheckpoint(CHECKPOINT), witness);
    expect(fault(note, [logVerifier, witnessVerifier])).toBe('origin-not-signer');
    expect(fault(signNote(formatCheckpoint(CHECKPOINT), witness, log), [logVerifier, witnessVerifier])).toBe('none');
  });

  it('is refused when changed, unsigned or no checkpoint', () => {
    const note = signCheckpoint(CHECKPOINT, log);
    expect(fault(note.replace('42', '43'))).toBe('note-signature-wrong');
    expect(fault(note, [witnessVerifier])).toBe('note-signer-unknown');
    expect(fault(signNote('hello\n', log))).toBe('checkpoint-malformed');
    expect(fault('')).toBe('note-malformed');
  });

  it('is not signed for another origin', () => {
    expect(() => signCheckpoint({ ...CHECKPOINT, origin: 'example.org/other' }, log)).toThrow(/does not sign/);
  });
});
