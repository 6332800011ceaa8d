import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Corridor, formatEvidence, makeEvidence, RECORD_TOPIC } from '@corridor/client';
import { CorridorError } from '@corridor/kernel';
import type { Recipient } from './recipient.ts';

const COMMAND = fileURLToPath(new URL('../bin/corridor.js', import.meta.resolve('@corridor/client')));

/**
 * Proves one delivery of a recipient: evidence by the SDK, verified offline by the command line, which exits with 0 only
 * for evidence that proves. Nothing of the node is at hand for it but its verifier key.
 */
export async function proveDelivery(recipient: Recipient, node: Corridor, folder: string): Promise<void> {
  const receipt = recipient.receipts[0];
  const delivery = recipient.deliveries.find(({ windowId }) => windowId === receipt?.windowId);
  if (receipt === undefined || delivery === undefined) throw new CorridorError('NOT_FOUND', `${recipient.agency} has no receipt`);
  const proof = await node.audit.getInclusionProof({ topic: RECORD_TOPIC, position: receipt.position });
  const { bytes, salt } = delivery.raw;
  const file = join(folder, 'evidence.json');
  writeFileSync(file, formatEvidence(makeEvidence({ index: delivery.index, bytes, salt }, receipt, proof)));
  const { verifier } = await node.audit.getCheckpoint({ newest: false });
  await promisify(execFile)(process.execPath, [COMMAND, 'audit', 'verify', file, '--verifier', verifier]);
}
