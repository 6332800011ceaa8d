import { toHex, utf8 } from '@corridor/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flipBit } from './naive-tree.test-support.ts';
import { openNote, signNote } from './note.ts';
import { formatSignerKey, noteSigner, parseSignerKey, parseVerifierKey } from './note-key.ts';
import { isOneLine } from './text.ts';

/** The example of golang.org/x/mod/sumdb/note (package documentation and note_test.go). */
const PETER_SIGNER = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const PETER_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH_KEY = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE = '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH_LINE = '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
const NOTE = `${TEXT}\n${PETER_LINE}`;

const peter = parseVerifierKey(PETER_KEY);
const enoch = parseVerifierKey(ENOCH_KEY);
const fault = (note: string | Uint8Array, verifiers = [peter]): string => {
  const opened = openNote(note, verifiers);
  return opened.ok ? 'none' : opened.fault;
};

describe('the published example note', () => {
  it('opens with the published keys', () => {
    expect(openNote(NOTE, [peter])).toEqual({ ok: true, text: TEXT, signedBy: [peter] });
    expect(openNote(utf8(NOTE), [peter])).toEqual({ ok: true, text: TEXT, signedBy: [peter] });
    expect(openNote(NOTE + ENOCH_LINE, [peter, enoch])).toEqual({ ok: true, text: TEXT, signedBy: [peter, enoch] });
  });

  it('is what signing with the published signer key gives, byte for byte', () => {
    const signer = parseSignerKey(PETER_SIGNER);
    expect(signNote(TEXT, signer)).toBe(NOTE);
    expect(signer.verifierKey).toBe(PETER_KEY);
  });
});

describe('keys', () => {
  it('go through their texts unchanged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.stringMatching(/^[a-z0-9./-]{1,30}$/), (seed, name) => {
        const signer = noteSigner(name, seed);
        const again = parseSignerKey(formatSignerKey(name, seed));
        expect(again.verifierKey).toBe(signer.verifierKey);
        const verifier = parseVerifierKey(signer.verifierKey);
        expect([verifier.name, verifier.keyId]).toEqual([name, signer.keyId]);
        const message = utf8('hi');
        const signature = signer.sign(message);
        expect(toHex(again.sign(message))).toBe(toHex(signature));
        expect(verifier.verify(message, signature)).toBe(true);
        expect(verifier.verify(message, flipBit(signature, 5))).toBe(false);
        expect(verifier.verify(utf8('hj'), signature)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it('are refused when anything is cut off or changed', () => {
    for (const [text, parse] of [[PETER_KEY, parseVerifierKey], [PETER_SIGNER, parseSignerKey]] as const) {
      for (let i = 0; i < text.length; i += 1) {
        const mangled = text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) + 1) + text.slice(i + 1);
        for (const bad of [mangled, text.slice(0, i), text.slice(i + 1)]) {
          expect(() => parse(bad), bad).toThrow(expect.objectContaining({ reason: 'CONFIG_INVALID' }));
        }
      }
      expect(() => parse(`${text}\n`)).toThrow();
    }
  });

  it('of another length or algorithm are refused, even with a fitting id', () => {
    expect(() => parseVerifierKey('PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==')).toThrow();
    expect(() => parseVerifierKey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')).toThrow(/Ed25519/);
  });

  it('never show the secret in an error', () => {
    const broken = PETER_SIGNER.replace('c74f20a3', 'c74f20a4');
    expect(() => parseSignerKey(broken)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('AYEK') }));
  });

  it.each(['', 'a b', 'a+b', 'a\u00a0b', 'a\u0085b', 'a\u2003b', 'a\nb', 'a\u0001b', '\ud800'])('cannot be called %j', (name) => {
    expect(() => noteSigner(name, Buffer.alloc(32))).toThrow(/key name/);
  });
});

describe('opening a note', () => {
  it('refuses any changed bit of the text', () => {
    const bytes = utf8(NOTE);
    for (let bit = 0; bit < utf8(TEXT).length * 8; bit += 1) expect(fault(flipBit(bytes, bit))).not.toBe('none');
  });

  it('refuses any changed, added or removed byte of the text of any note', () => {
    const signer = noteSigner('example.org/log', Buffer.alloc(32, 7));
    const verifier = parseVerifierKey(signer.verifierKey);
    const line = fc.string({ unit: 'binary', maxLength: 20 }).filter(isOneLine);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat({ max: 255 }), (lines, position, value) => {
        const text = `${lines.join('\n')}\n`;
        const note = signNote(text, signer);
        expect(openNote(note, [verifier])).toEqual({ ok: true, text, signedBy: [verifier] });
        const bytes = Buffer.from(note);
        const at = position % Buffer.byteLength(text);
        const added = Buffer.concat([bytes.subarray(0, at), Buffer.of(value), bytes.subarray(at)]);
        const removed = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
        const changed = Buffer.from(bytes);
        changed[at] = value;
        for (const tampered of [added, removed, changed]) {
          if (!tampered.equals(bytes)) expect(fault(tampered, [verifier])).not.toBe('none');
        }
      }),
    );
  });

  it('refuses a byte order mark in front of the text', () => {
    expect(fault(Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), utf8(NOTE)]))).toBe('note-signature-wrong');
  });

  it('ignores signatures of unknown keys, also under a known name or id', () => {
    const sameName = noteSigner('PeterNeumann', Buffer.alloc(32, 1));
    const [, unknownLine] = signNote(TEXT, sameName).split('\n\n');
    const sameId = PETER_LINE.replace('PeterNeumann', 'CarmenSandiego');
    expect(openNote(`${TEXT}\n${sameId}${unknownLine}${ENOCH_LINE}${PETER_LINE}`, [peter])).toEqual({ ok: true, text: TEXT, signedBy: [peter] });
    expect(fault(`${TEXT}\n${sameId}`)).toBe('note-signer-unknown');
    expect(fault(`${TEXT}\n${unknownLine}`)).toBe('note-signer-unknown');
  });

  it('refuses a wrong signature of a known key, whatever else holds', () => {
    const wrong = PETER_LINE.replace('x08go/ZJ', 'x08go/ZK');
    expect(fault(`${TEXT}\n${wrong}`)).toBe('note-signature-wrong');
    expect(fault(`${TEXT}\n${ENOCH_LINE}${wrong}`, [peter, enoch])).toBe('note-signature-wrong');
    expect(fault(`${TEXT}\n${PETER_LINE}${wrong}`)).toBe('note-signature-wrong');
    expect(fault(`${TEXT}\n${PETER_LINE.replace('nAM=', 'nAMAAAA=')}`)).not.toBe('none');
  });

  it('refuses a note that no known key has signed', () => {
    expect(fault(NOTE, [enoch])).toBe('note-signer-unknown');
    expect(fault(NOTE, [])).toBe('note-signer-unknown');
  });

  it('refuses to choose between two verifiers of one name and id', () => {
    expect(fault(NOTE, [peter, parseVerifierKey(PETER_KEY)])).toBe('note-verifier-ambiguous');
  });

  it.each([
    ['without signatures', TEXT],
    ['with no signature after the empty line', `${TEXT}\n`],
    ['that ends within a line', NOTE.slice(0, -1)],
    ['whose second signature ends within its line', (NOTE + ENOCH_LINE).slice(0, -1)],
    ['with a control character', `\u0001${NOTE}`],
    ['with carriage returns', NOTE.replaceAll('\n', '\r\n')],
    ['with a space in a name', NOTE + PETER_LINE.replace('PeterNeumann', 'Bad Name')],
    ['with another line among the signatures', `${NOTE}Unexpected line.\n`],
    ['with a hyphen for the dash', NOTE.replace('—', '-')],
    ['with base64 that lacks its padding', NOTE.replace('nAM=', 'nAM')],
    ['with base64 that is not canonical', NOTE.replace('nAM=', 'nAN=')],
    ['with a signature of nothing but a key id', `${NOTE}— EnochRoot rwz+eA==\n`],
    ['with more than 100 signatures', `${TEXT}\n${PETER_LINE.repeat(101)}`],
    ['longer than a megabyte', `${'x'.repeat(1_000_000)}\n\n${PETER_LINE}`],
    ['with a lone surrogate', `\ud800${NOTE}`],
  ])('refuses a note %s', (_, note) => {
    expect(fault(note)).toBe('note-malformed');
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(fault(Buffer.concat([Buffer.of(0xff), utf8(NOTE)]))).toBe('note-malformed');
  });
});

describe('signing a note', () => {
  const signer = parseSignerKey(PETER_SIGNER);

  it.each(['', 'no newline', 'tab\there\n', 'return\r\n', '\ud800\n'])('refuses the text %j', (text) => {
    expect(() => signNote(text, signer)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
  });

  it('keeps a text whose own lines look like signatures apart', () => {
    const nested = signNote(NOTE, noteSigner('outer', Buffer.alloc(32, 3)));
    const outer = parseVerifierKey(noteSigner('outer', Buffer.alloc(32, 3)).verifierKey);
    expect(openNote(nested, [outer])).toEqual({ ok: true, text: NOTE, signedBy: [outer] });
    expect(fault(nested, [peter])).toBe('note-signer-unknown');
  });
});
