import type { CollectionSpec, Documents, DocumentStore } from '@corridor/documents';
import { CorridorError, fromUtf8, utf8 } from '@corridor/kernel';
import { openCheckpoint, parseVerifierKey, type Checkpoint, type NoteSigner } from '@corridor/merkle';
import { readChecked, withDigest } from './checked-bytes.ts';
import { countIn, recordIn, textIn } from './stored-json.ts';

/** Which log this database keeps. A log that lost leaves it had signed for is never continued: another one succeeds it. */
export interface Lineage {
  readonly origin: string;
  /** From 1; each succession is one more. Its number stands in the names of the log's collections. */
  readonly generation: number;
  /** The signed checkpoint of the log before this one; empty when there was none. It is the first leaf of this log. */
  readonly continues: string;
}

/* audit.log   id `current`; body: JSON, digest */
const CURRENT = 'current';
const LINEAGE: CollectionSpec<Lineage> = {
  name: 'audit.log',
  encode: (doc) => withDigest(utf8(JSON.stringify(doc))),
  decode: (bytes) => readChecked(bytes, 'lineage', decodeLineage),
  indexes: {},
};

/** How the operator wants the log to be called, and the last checkpoint that partners hold, when a restore lost some of it. */
export interface WantedLog {
  readonly origin: string;
  /** A signed checkpoint of this node, of any of its origins. */
  readonly continues?: string;
}

/**
 * The checkpoint of a note that this node's key has signed under any origin.
 * @throws CorridorError CONFIG_INVALID when it has not
 */
export function ownCheckpoint(note: string, signerOf: (origin: string) => NoteSigner): Checkpoint {
  const [origin = ''] = note.split('\n', 1);
  const opened = openCheckpoint(note, [parseVerifierKey(signerOf(origin).verifierKey)]);
  if (!opened.ok) throw new CorridorError('CONFIG_INVALID', `the checkpoint to continue from is not one of this node: ${opened.reason}`);
  return opened.checkpoint;
}

/**
 * The log to go on with: that of the database, or the one that succeeds it where the operator says so.
 * @param last the checkpoint in `wanted.continues`
 * @throws CorridorError LOG_FORKED when the database keeps another log, and nothing says that this one succeeds it
 */
export async function openLineage(store: DocumentStore, { origin, continues = '' }: WantedLog, last: Checkpoint | undefined): Promise<Lineage> {
  const documents: Documents<Lineage> = await store.collection(LINEAGE);
  for (;;) {
    const stored = await documents.get(CURRENT);
    if (stored?.doc.origin === origin) return stored.doc;
    if (stored !== undefined && stored.doc.origin !== last?.origin) {
      throw new CorridorError(
        'LOG_FORKED',
        `the database keeps the log ${stored.doc.origin}, not ${origin}: for another to succeed it, name the last checkpoint that partners hold of it`,
      );
    }
    const succeeds = last !== undefined && last.origin !== origin;
    const next: Lineage = { origin, generation: (stored?.doc.generation ?? 0) + 1, continues: succeeds ? continues : '' };
    try {
      await (stored === undefined ? documents.create(CURRENT, next) : documents.commit(CURRENT, stored.version, next));
      return next;
    } catch (error) {
      // Another replica was faster: see what it wrote.
      const { reason } = CorridorError.from(error);
      if (reason !== 'VERSION_CONFLICT' && reason !== 'ALREADY_EXISTS') throw error;
    }
  }
}

function decodeLineage(bytes: Uint8Array): Lineage {
  const doc = recordIn(JSON.parse(fromUtf8(bytes)));
  return { origin: textIn(doc.get('origin')), generation: countIn(doc.get('generation')), continues: textIn(doc.get('continues')) };
}
