import { CorridorError, equalBytes, view } from '@corridor/kernel';
import { EMPTY_ROOT, HASH_SIZE, requireHash, requireSize } from './hash.ts';
import { openNote, signNote, type NoteFault } from './note.ts';
import { strictBase64, type NoteSigner, type NoteVerifier } from './note-key.ts';
import { isOneLine } from './text.ts';

/** What a log says of itself at one size (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** The log's identity: one non-empty line, here always the name of the log's key. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** Root of the tree of these leaves, 32 bytes. */
  readonly root: Uint8Array;
  /** Further lines, opaque, none of them empty. They are signed and not audited: prefer none. */
  readonly extensions?: readonly string[];
}

/** Why a checkpoint is refused. */
export type CheckpointFault = NoteFault | 'checkpoint-malformed' | 'origin-not-signer';

/** A checkpoint that may be believed, or why it may not. */
export type OpenedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly signedBy: readonly NoteVerifier[] }
  | { readonly ok: false; readonly fault: CheckpointFault; readonly reason: string };

/**
 * The note text of a checkpoint: origin, size, root in base64, extension lines (C2SP tlog-checkpoint).
 * @throws CorridorError INVALID_ARGUMENT when a field could not be read back as it was written.
 */
export function formatCheckpoint({ origin, size, root, extensions = [] }: Checkpoint): string {
  requireSize(size);
  requireHash(root);
  for (const line of [origin, ...extensions]) {
    if (!isLine(line)) throw new CorridorError('INVALID_ARGUMENT', 'origin and extensions are single lines, not empty', { field: 'checkpoint' });
  }
  if (size === 0 && !equalBytes(root, EMPTY_ROOT)) {
    throw new CorridorError('INVALID_ARGUMENT', 'the root of an empty tree is SHA-256 of nothing', { field: 'root' });
  }
  return [origin, size, view(root).toString('base64'), ...extensions].map((line) => `${line}\n`).join('');
}

/** A checkpoint from its note text; undefined when the text is not exactly what `formatCheckpoint` writes. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin, digits, encoded, ...rest] = text.split('\n');
  if (origin === undefined || digits === undefined || encoded === undefined || rest.pop() !== '') return undefined;
  if (!isLine(origin) || !rest.every(isLine)) return undefined;
  const size = /^(0|[1-9][0-9]{0,15})$/.test(digits) ? Number(digits) : Number.NaN;
  const root = strictBase64(encoded);
  if (!Number.isSafeInteger(size) || root?.length !== HASH_SIZE) return undefined;
  if (size === 0 && !equalBytes(root, EMPTY_ROOT)) return undefined;
  return { origin, size, root, ...(rest.length > 0 && { extensions: rest }) };
}

/**
 * The signed note of a checkpoint. A log MUST NOT sign a checkpoint that is inconsistent with one it signed before.
 * @throws CorridorError INVALID_ARGUMENT when the origin is not the signer's name, or as `formatCheckpoint`.
 */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  if (checkpoint.origin !== signer.name) {
    throw new CorridorError('INVALID_ARGUMENT', `a key called ${signer.name} does not sign for ${checkpoint.origin}`, { field: 'origin' });
  }
  return signNote(formatCheckpoint(checkpoint), signer);
}

/**
 * Opens a signed checkpoint. Beyond `openNote`, the origin must be the name of a key that signed, so that no other known
 * key (a witness, another log) can speak for the log. Never throws.
 */
export function openCheckpoint(note: string | Uint8Array, verifiers: readonly NoteVerifier[]): OpenedCheckpoint {
  const opened = openNote(note, verifiers);
  if (!opened.ok) return opened;
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint === undefined) {
    return { ok: false, fault: 'checkpoint-malformed', reason: 'the signed text is not origin, size, root and extension lines' };
  }
  if (!opened.signedBy.some(({ name }) => name === checkpoint.origin)) {
    return { ok: false, fault: 'origin-not-signer', reason: `no key of ${checkpoint.origin} has signed its checkpoint` };
  }
  return { ok: true, checkpoint, signedBy: opened.signedBy };
}

const isLine = (line: string): boolean => line !== '' && isOneLine(line);
