import { sha256 } from '@corridor/kernel';
import { deliveryLeaf, HASH_SIZE, parseVerifierKey, verifyDelivery, WindowTree, type DeliveryVerdict } from '@corridor/merkle';
import type { GetInclusionProofResponse } from '@corridor/contracts/audit/v1/audit';
import { Envelope } from '@corridor/contracts/common/v1/envelope';
import { RecordEvent, type WindowCloseRecord } from '@corridor/contracts/hub/v1/record';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import type { WindowReceipt } from './window-watch.ts';

/** The topic of delivery windows. */
export const RECORD_TOPIC = 'corridor.record.v1';
const RECORD_TYPE = 'corridor.hub.v1.RecordEvent';

/** All that proves, without any network, that one message was delivered as the node's signed log records it. */
export interface DeliveryEvidence {
  readonly windowId: string;
  /** Index of the message in its window. */
  readonly index: number;
  /** The message as it arrived, and the salt of its leaf. */
  readonly batch: Uint8Array;
  readonly salt: Uint8Array;
  /** RFC 6962 audit path of the message's leaf under the window's root. */
  readonly windowPath: readonly Uint8Array[];
  /** The stored record that closed the window, byte for byte. */
  readonly envelope: Uint8Array;
  /** Index of the record's leaf in the log, and its audit path under the checkpoint. */
  readonly leafIndex: bigint;
  readonly logPath: readonly Uint8Array[];
  /** The signed checkpoint, a C2SP note. */
  readonly checkpoint: string;
}

/** What a proved delivery proves. */
export interface ProvedDelivery {
  /** Who the record says received it, `agencies/{agency}`. */
  readonly recipient: string;
  /** When the window was closed on record. */
  readonly time: Date | undefined;
  readonly batch: ViewBatch;
}

/** The verdict over evidence, check by check, and what it proves when all have passed. */
export type EvidenceVerdict = DeliveryVerdict & { readonly proved?: ProvedDelivery };

/** Puts evidence together: a delivery, the receipt of its window, and the audit service's proof of the closing record. */
export function makeEvidence(
  delivery: { readonly index: number; readonly bytes: Uint8Array; readonly salt: Uint8Array },
  receipt: WindowReceipt,
  proof: GetInclusionProofResponse,
): DeliveryEvidence {
  return {
    windowId: receipt.windowId,
    index: delivery.index,
    batch: delivery.bytes,
    salt: delivery.salt,
    windowPath: treeOf(receipt).path(delivery.index),
    envelope: proof.envelope,
    leafIndex: proof.leafIndex,
    logPath: proof.path,
    checkpoint: proof.checkpoint,
  };
}

function treeOf({ leaves }: WindowReceipt): WindowTree {
  const tree = new WindowTree();
  for (let at = 0; at < leaves.length; at += HASH_SIZE) tree.add(leaves.subarray(at, at + HASH_SIZE));
  return tree;
}

/**
 * Checks evidence offline: the checkpoint is signed by the log's key, the record stands in that log, it closes the stated
 * window, and the message is in the window. The leaf is computed here, from the message's bytes.
 * @param verifiers note verifier keys of the node, got from somewhere else than the evidence.
 * @throws CorridorError CONFIG_INVALID when a verifier key cannot be read. What is wrong with the evidence is the verdict.
 */
export function verifyReceipt(evidence: DeliveryEvidence, verifiers: readonly string[]): EvidenceVerdict {
  const closing = readClosing(evidence.envelope, evidence.windowId);
  const verdict = verifyDelivery(
    {
      messages: { kind: 'one', leaf: leafOf(evidence), index: evidence.index, path: evidence.windowPath },
      envelope: evidence.envelope,
      logIndex: Number(evidence.leafIndex),
      logPath: evidence.logPath,
      checkpoint: evidence.checkpoint,
    },
    { verifiers: verifiers.map(parseVerifierKey), readWindow: () => closing },
  );
  if (verdict.verdict !== 'proved' || !closing.ok) return verdict;
  return { ...verdict, proved: { recipient: closing.recipient, time: closing.time, batch: ViewBatch.decode(evidence.batch) } };
}

/** A salt of the wrong length makes a leaf that is in no window, so that the fault is a finding and not an exception. */
const leafOf = ({ salt, batch }: DeliveryEvidence): Uint8Array => (salt.length === 16 ? deliveryLeaf(salt, batch) : sha256(salt));

type Closing =
  | { readonly ok: true; readonly size: number; readonly root: Uint8Array; readonly recipient: string; readonly time: Date | undefined }
  | { readonly ok: false; readonly reason: string };

/** Reads the closing of a window from a stored envelope. */
function readClosing(bytes: Uint8Array, windowId: string): Closing {
  const refuse = (reason: string): Closing => ({ ok: false, reason });
  let envelope: Envelope;
  let close: WindowCloseRecord | undefined;
  try {
    envelope = Envelope.decode(bytes);
    if (envelope.body?.$case !== 'payload') return refuse('the record has no content in clear');
    const { entry } = RecordEvent.decode(envelope.body.value);
    close = entry?.$case === 'windowClose' ? entry.value : undefined;
  } catch {
    return refuse('the record cannot be read');
  }
  if (envelope.type !== RECORD_TYPE || close === undefined) return refuse('the record does not close a delivery window');
  if (close.windowId !== windowId) return refuse(`the record closes window ${close.windowId}, not ${windowId}`);
  return { ok: true, size: Number(close.size), root: close.root, recipient: close.recipient, time: envelope.time };
}
