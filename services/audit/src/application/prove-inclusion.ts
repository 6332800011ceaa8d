import type { EventLog, StoredRecord } from '@corridor/eventlog';
import { CorridorError } from '@corridor/kernel';
import { inclusionFault, leafHash, PROOF_FAULT_TEXT, proveInclusion as pathTo, type Checkpoint, type NodeSource } from '@corridor/merkle';
import type { Caller } from '@corridor/runtime';
import type { Place } from '../domain/batch.ts';
import { agencyOf, isAudited } from './subject.ts';
import { continuedAt } from './first-leaf.ts';
import type { PublishedCheckpoint } from './published.ts';

export interface InclusionPorts {
  readonly log: EventLog;
  /** The checkpoint of the log before this one, its first leaf; empty when there was none. */
  readonly continues: string;
  /** The index of the leaf of a record; undefined while it has none. */
  locate(place: Place): Promise<number | undefined>;
  newestPublished(): Promise<PublishedCheckpoint | undefined>;
  parse(checkpoint: PublishedCheckpoint): Checkpoint;
  /** Resolves after the next publication, or when `signal` aborts. */
  nextPublication(signal: AbortSignal): Promise<void>;
  /** The nodes of the tree at a size. */
  nodes(size: number, signal: AbortSignal): Promise<NodeSource>;
}

/** A record, its leaf, and the way from there to a published checkpoint. */
export interface Inclusion {
  readonly envelope: Uint8Array;
  readonly leaf: number;
  readonly path: readonly Uint8Array[];
  readonly checkpoint: PublishedCheckpoint;
}

/** A record written just after a publication began is under the second one from then on. */
const PUBLICATIONS = 2;

/**
 * Proves that a record is in the tree of the newest published checkpoint; waits for the publication that brings it there.
 * That the log continues another one, the proof of its first leaf, is for everyone.
 * @throws CorridorError NOT_FOUND when the record is not there, is past its retention, or is not the caller's to see;
 * UNAVAILABLE when no checkpoint covers it in time; DATABASE_DAMAGED when the stored record is not the one in the tree
 */
export async function proveInclusion(ports: InclusionPorts, caller: Caller, place: Place, signal: AbortSignal): Promise<Inclusion> {
  const envelope = continuedAt(place, ports.continues) ?? (await recordFor(ports.log, caller, place));
  const { leaf, checkpoint } = await published(ports, place, signal);
  const { size, root } = ports.parse(checkpoint);
  const path = await pathTo(await ports.nodes(size, signal), leaf, size);
  const fault = inclusionFault({ leafHash: leafHash(envelope), index: leaf, size, root, path });
  if (fault !== undefined) {
    const { topic, partition, offset } = place;
    throw new CorridorError('DATABASE_DAMAGED', `${topic} ${partition}:${offset} is not the record in the tree: ${PROOF_FAULT_TEXT[fault]}`);
  }
  return { envelope, leaf, path, checkpoint };
}

/** The envelope of a record that the caller may see. @throws CorridorError NOT_FOUND */
async function recordFor(log: EventLog, caller: Caller, place: Place): Promise<Uint8Array> {
  const record = await recordAt(log, place);
  if (record === undefined || !maySee(caller, record)) throw new CorridorError('NOT_FOUND', 'there is no such record for you');
  return record.envelope;
}

/** Operators see all; others what is about their agency. */
const maySee = ({ agency, roles }: Caller, { topic, key }: StoredRecord): boolean => roles.has('operator') || agencyOf(topic, key) === agency;

/** What the log says when a position names nothing that can be read. */
const NOTHING_THERE: ReadonlySet<string> = new Set(['NOT_FOUND', 'INVALID_ARGUMENT', 'LOG_INCOMPLETE', 'RECORDS_EXPIRED']);

async function recordAt(log: EventLog, { topic, partition, offset }: Place): Promise<StoredRecord | undefined> {
  if (!isAudited(topic)) return undefined;
  try {
    const [record] = await log.read(topic, { partition, offset }, 1);
    return record;
  } catch (error) {
    if (NOTHING_THERE.has(CorridorError.from(error).reason)) return undefined;
    throw error;
  }
}

/** The leaf of a record and the newest published checkpoint, as soon as that covers it. */
async function published(
  ports: InclusionPorts,
  place: Place,
  signal: AbortSignal,
): Promise<{ readonly leaf: number; readonly checkpoint: PublishedCheckpoint }> {
  for (let publications = 0; ; publications += 1) {
    const next = ports.nextPublication(signal);
    const checkpoint = await ports.newestPublished();
    const leaf = await ports.locate(place);
    if (leaf !== undefined && checkpoint !== undefined && leaf < checkpoint.size) return { leaf, checkpoint };
    if (publications === PUBLICATIONS) throw new CorridorError('UNAVAILABLE', 'no published checkpoint covers the record yet');
    await next;
    signal.throwIfAborted();
  }
}
