import { CorridorError, concat, utf8, view } from '@corridor/kernel';
import { isKeyName, strictBase64, type NoteSigner, type NoteVerifier } from './note-key.ts';
import { isNoteText } from './text.ts';

const KEY_ID_SIZE = 4;
/** More than the 16 that C2SP signed-note demands, few enough to bound the work on a hostile note. */
const MAX_SIGNATURES = 100;
const MAX_NOTE_BYTES = 1_000_000;

/** Why a note is refused. */
export type NoteFault = 'note-malformed' | 'note-signature-wrong' | 'note-signer-unknown' | 'note-verifier-ambiguous';

/** A note whose text may be believed, or why it may not. The text of a refused note is withheld. */
export type OpenedNote =
  | {
      readonly ok: true;
      readonly text: string;
      /** The verifiers whose signatures hold, each once; at least one. */
      readonly signedBy: readonly NoteVerifier[];
    }
  | { readonly ok: false; readonly fault: NoteFault; readonly reason: string };

/**
 * A signed note (C2SP signed-note): the text, an empty line, and one signature line for each signer.
 * @param text ends in a newline, is well-formed and has no control characters but newlines.
 * @throws CorridorError INVALID_ARGUMENT when it does not.
 */
export function signNote(text: string, signer: NoteSigner, ...others: readonly NoteSigner[]): string {
  if (!text.endsWith('\n') || !isNoteText(text)) {
    throw new CorridorError('INVALID_ARGUMENT', 'a note text ends in a newline and has no other control characters', { field: 'text' });
  }
  const bytes = utf8(text);
  const lines = [signer, ...others].map(({ name, keyId, sign }) => {
    const signature = view(concat(Buffer.from(keyId, 'hex'), sign(bytes))).toString('base64');
    return `— ${name} ${signature}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * Opens a note signed by at least one of `verifiers` (C2SP signed-note). Signatures of other keys are ignored, even when
 * they share the name or the id with a known one; one wrong signature of a known key refuses the whole note. Never throws.
 * @param note its bytes (UTF-8) or its text.
 */
export function openNote(note: string | Uint8Array, verifiers: readonly NoteVerifier[]): OpenedNote {
  const parsed = parseNote(note);
  if (typeof parsed === 'string') return refuse('note-malformed', parsed);
  const text = utf8(parsed.text);
  const signedBy = new Set<NoteVerifier>();
  for (const { name, keyId, signature } of parsed.signatures) {
    const [verifier, second] = verifiers.filter((known) => known.name === name && known.keyId === keyId);
    if (verifier === undefined) continue;
    if (second !== undefined) return refuse('note-verifier-ambiguous', `two verifiers are called ${name}+${keyId}`);
    if (!verifier.verify(text, signature)) return refuse('note-signature-wrong', `the signature of ${name}+${keyId} does not belong to this text`);
    signedBy.add(verifier);
  }
  if (signedBy.size === 0) return refuse('note-signer-unknown', 'none of the known keys has signed the note');
  return { ok: true, text: parsed.text, signedBy: [...signedBy] };
}

interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly signature: Uint8Array;
}
interface ParsedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** The parts of a note, or what is wrong with it. */
function parseNote(note: string | Uint8Array): ParsedNote | string {
  if (note.length > MAX_NOTE_BYTES) return `it is longer than ${MAX_NOTE_BYTES} bytes`;
  const whole = typeof note === 'string' ? note : decode(note);
  if (whole === undefined || !isNoteText(whole)) return 'it is not UTF-8, or has control characters other than newlines';
  const blank = whole.lastIndexOf('\n\n');
  if (blank < 0) return 'no empty line separates text and signatures';
  const lines = whole.slice(blank + 2).split('\n');
  if (lines.pop() !== '' || lines.length === 0) return 'it does not end in a complete signature line';
  if (lines.length > MAX_SIGNATURES) return `it has more than ${MAX_SIGNATURES} signatures`;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === undefined) return `signature line ${signatures.length + 1} is not "— name base64"`;
    signatures.push(signature);
  }
  return { text: whole.slice(0, blank + 1), signatures };
}

function parseSignature(line: string): NoteSignature | undefined {
  const [, name, encoded] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  if (name === undefined || encoded === undefined || !isKeyName(name)) return undefined;
  const bytes = strictBase64(encoded);
  if (bytes === undefined || bytes.length <= KEY_ID_SIZE) return undefined;
  return { name, keyId: view(bytes).toString('hex', 0, KEY_ID_SIZE), signature: bytes.subarray(KEY_ID_SIZE) };
}

// A decoder that drops a byte order mark would accept bytes nobody signed.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const refuse = (fault: NoteFault, reason: string): OpenedNote => ({ ok: false, fault, reason });
