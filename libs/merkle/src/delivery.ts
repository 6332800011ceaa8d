import { CorridorError, equalBytes } from '@corridor/kernel';
import { openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { HASH_SIZE, leafHash } from './hash.ts';
import type { NoteVerifier } from './note-key.ts';
import { inclusionFault, PROOF_FAULT_TEXT } from './verify.ts';
import { WindowTree, type WindowHead } from './window.ts';

/** What of a window is to be proved: one message by its path, or the whole window by all its leaves in order. */
export type DeliveredMessages =
  | { readonly kind: 'one'; readonly leaf: Uint8Array; readonly index: number; readonly path: readonly Uint8Array[] }
  | { readonly kind: 'all'; readonly leaves: readonly Uint8Array[] };

/**
 * All that a reader needs to prove, offline, that messages were delivered as the log records it. The reader MUST compute
 * the leaves with `deliveryLeaf` from the bytes it holds; a leaf taken from the node proves nothing about them.
 */
export interface DeliveryEvidence {
  readonly messages: DeliveredMessages;
  /** The stored bytes of the record that closed the window. */
  readonly envelope: Uint8Array;
  /** The record's leaf in the log, and its inclusion proof in the checkpoint's tree. */
  readonly logIndex: number;
  readonly logPath: readonly Uint8Array[];
  /** The signed checkpoint: a C2SP note. */
  readonly checkpoint: string | Uint8Array;
}

/** The closing of a window as read from an envelope, or why the envelope is not the one looked for. */
export type ReadWindow = (envelope: Uint8Array) => ({ readonly ok: true } & WindowHead) | { readonly ok: false; readonly reason: string };

/** Whom the reader trusts, and how it reads an envelope. */
export interface DeliveryTrust {
  /** Keys of the log, got from somewhere else than the log. */
  readonly verifiers: readonly NoteVerifier[];
  /**
   * Reads size and root of the window from the envelope's bytes. It MUST not throw, and MUST refuse an envelope that is
   * not the closing of the expected window (its recipient, subscription and positions), since no check here knows these.
   */
  readonly readWindow: ReadWindow;
}

/**
 * The checks, in order. `checkpoint`: signed by the log's key. `record-in-log`: the envelope is a leaf of the
 * checkpoint's tree. `window`: the envelope closes the expected window. `messages-in-window`: the leaves lead to the
 * window's root.
 */
export const DELIVERY_CHECKS = ['checkpoint', 'record-in-log', 'window', 'messages-in-window'] as const;
export type DeliveryCheck = (typeof DELIVERY_CHECKS)[number];

/** How one check went; `not-possible` when a check before it left nothing to compare with. */
export type CheckOutcome =
  | { readonly check: DeliveryCheck; readonly state: 'passed' }
  | { readonly check: DeliveryCheck; readonly state: 'failed' | 'not-possible'; readonly reason: string };

/** `proved` only when every check has passed; otherwise the first failure and its reason. All four outcomes are listed. */
export type DeliveryVerdict =
  | {
      readonly verdict: 'proved';
      readonly checkpoint: Checkpoint;
      readonly window: WindowHead;
      readonly checks: readonly CheckOutcome[];
    }
  | {
      readonly verdict: 'not-proved';
      readonly failed: DeliveryCheck;
      readonly reason: string;
      readonly checks: readonly CheckOutcome[];
    };

/**
 * Proves offline that messages were delivered: checkpoint -> record that closed the window -> window -> messages.
 * Pure; makes every check that is possible, so that the answer names all that is wrong.
 */
export function verifyDelivery(evidence: DeliveryEvidence, { verifiers, readWindow }: DeliveryTrust): DeliveryVerdict {
  const opened = openCheckpoint(evidence.checkpoint, verifiers);
  const window = readWindow(evidence.envelope);
  const checks: readonly CheckOutcome[] = [
    outcome('checkpoint', opened.ok ? undefined : opened.reason),
    opened.ok
      ? outcome('record-in-log', recordFault(evidence, opened.checkpoint))
      : { check: 'record-in-log', state: 'not-possible', reason: 'no checkpoint to compare with' },
    outcome('window', window.ok ? undefined : window.reason),
    window.ok
      ? outcome('messages-in-window', messagesFault(evidence.messages, window))
      : { check: 'messages-in-window', state: 'not-possible', reason: 'no window to compare with' },
  ];
  const failed = checks.find(isFailure);
  if (failed !== undefined) return { verdict: 'not-proved', failed: failed.check, reason: failed.reason, checks };
  // Both hold here, since their checks have passed; the compiler cannot see it.
  if (!opened.ok || !window.ok) throw new CorridorError('INTERNAL', 'a delivery passed all checks without checkpoint or window');
  return { verdict: 'proved', checkpoint: opened.checkpoint, window: { size: window.size, root: window.root }, checks };
}

type Failure = Exclude<CheckOutcome, { readonly state: 'passed' }>;
const isFailure = (check: CheckOutcome): check is Failure => check.state !== 'passed';

const outcome = (check: DeliveryCheck, reason: string | undefined): CheckOutcome =>
  reason === undefined ? { check, state: 'passed' } : { check, state: 'failed', reason };

function recordFault({ envelope, logIndex, logPath }: DeliveryEvidence, { size, root }: Checkpoint): string | undefined {
  const fault = inclusionFault({ leafHash: leafHash(envelope), index: logIndex, size, root, path: logPath });
  return fault === undefined ? undefined : PROOF_FAULT_TEXT[fault];
}

function messagesFault(messages: DeliveredMessages, { size, root }: WindowHead): string | undefined {
  if (messages.kind === 'one') {
    const { leaf, index, path } = messages;
    const fault = inclusionFault({ leafHash: leaf, index, size, root, path });
    return fault === undefined ? undefined : PROOF_FAULT_TEXT[fault];
  }
  if (messages.leaves.length !== size) return `the window holds ${size} messages, not ${messages.leaves.length}`;
  if (![root, ...messages.leaves].every((hash) => hash.length === HASH_SIZE)) return PROOF_FAULT_TEXT['hash-length'];
  const tree = new WindowTree();
  for (const leaf of messages.leaves) tree.add(leaf);
  return equalBytes(tree.head().root, root) ? undefined : 'the messages do not lead to the root of the window';
}
