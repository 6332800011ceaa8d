import type { CollectionSpec, Documents, DocumentStore, PagePosition, Versioned } from '@corridor/documents';
import { CorridorError, fromUtf8, utf8 } from '@corridor/kernel';
import {
  consistencyFault,
  openCheckpoint,
  parseVerifierKey,
  PROOF_FAULT_TEXT,
  proveConsistency,
  signCheckpoint,
  type Checkpoint,
  type NodeSource,
  type NoteSigner,
  type NoteVerifier,
} from '@corridor/merkle';
import type { PublishedCheckpoint } from '../application/published.ts';
import { ordered } from './batches.ts';
import { readChecked, withDigest } from './checked-bytes.ts';
import { countIn, recordIn, textIn } from './stored-json.ts';

/* audit.{generation}.checkpoints   id: `newest`, or of a published one its size, 16 digits; body: JSON, digest; index published: the size */
type StoredCheckpoint = PublishedCheckpoint & { readonly kind: 'newest' | 'published' };

const NEWEST = 'newest';

const checkpointsOf = (generation: number): CollectionSpec<StoredCheckpoint> => ({
  name: `audit.${generation}.checkpoints`,
  encode: (doc) => withDigest(utf8(JSON.stringify(doc))),
  decode: (bytes) => readChecked(bytes, 'checkpoint', decodeCheckpoint),
  indexes: { published: ({ kind, size }) => (kind === 'published' ? [ordered(size)] : []) },
});

/** What is to be signed: a tree that stands in batches. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** A tree that is to be signed, with the nodes that show what it extends. */
export interface SignedTree {
  readonly head: TreeHead;
  readonly nodes: NodeSource;
}

const RESTORE =
  'restore a backup that holds them, or give the log another origin that continues from that checkpoint';

/** The checkpoints signed by this node: the newest of all, and those that were published. */
export class Checkpoints {
  readonly #documents: Documents<StoredCheckpoint>;
  readonly #signer: NoteSigner;
  readonly #verifiers: readonly NoteVerifier[];
  #newest: Versioned<StoredCheckpoint> | undefined;

  private constructor(documents: Documents<StoredCheckpoint>, signer: NoteSigner) {
    this.#documents = documents;
    this.#signer = signer;
    this.#verifiers = [parseVerifierKey(signer.verifierKey)];
  }

  /** The checkpoints of a generation of the log. @param signer its name is the log's origin */
  static async open(store: DocumentStore, generation: number, signer: NoteSigner): Promise<Checkpoints> {
    return new Checkpoints(await store.collection(checkpointsOf(generation)), signer);
  }

  /** The text by which others verify the checkpoints: a note verifier key. */
  get verifierKey(): string {
    return this.#signer.verifierKey;
  }

  /** The checkpoint of a stored note. @throws CorridorError LOG_FORKED unless this node's key signed it for its origin. */
  parse({ note, size }: PublishedCheckpoint): Checkpoint {
    const opened = openCheckpoint(note, this.#verifiers);
    if (!opened.ok) throw forked(`the checkpoint of ${size} leaves is not one of ${this.#signer.name}: ${opened.reason}`);
    if (opened.checkpoint.size !== size) throw forked(`the checkpoint of ${size} leaves is signed for ${opened.checkpoint.size}`);
    return opened.checkpoint;
  }

  /** The newest checkpoint of all. */
  async newest(): Promise<PublishedCheckpoint | undefined> {
    return (await this.#documents.get(NEWEST))?.doc;
  }

  /** The newest checkpoint that partners may know. */
  async newestPublished(): Promise<PublishedCheckpoint | undefined> {
    const { items } = await this.#documents.page('published', { from: '' }, undefined, 1, 'descending');
    return items[0]?.doc;
  }

  /** The published checkpoint of a size. */
  async publishedAt(size: number): Promise<PublishedCheckpoint | undefined> {
    return (await this.#documents.get(ordered(size)))?.doc;
  }

  /** Every published checkpoint, by size. */
  async *published(): AsyncGenerator<PublishedCheckpoint, void, undefined> {
    let after: PagePosition | undefined;
    do {
      const page = await this.#documents.page('published', { from: '' }, after, PAGE);
      for (const { doc, id, key } of page.items) {
        if (id !== key || id !== ordered(doc.size)) throw new CorridorError('DATABASE_DAMAGED', `the checkpoint of ${doc.size} leaves is out of place`);
        yield doc;
      }
      after = page.next;
    } while (after !== undefined);
  }

  /**
   * Signs the tree as the newest, unless one of its size or a larger one is signed already.
   * @throws CorridorError LOG_FORKED when the tree does not extend what was signed before
   */
  async keepNewest(tree: SignedTree, time: number): Promise<void> {
    for (;;) {
      const known = this.#newest ?? (await this.#readNewest(tree));
      if (known !== undefined && known.doc.size >= tree.head.size) return;
      const next = { ...this.#sign(tree.head, time), kind: 'newest' } as const;
      try {
        this.#newest = known === undefined ? await this.#documents.create(NEWEST, next) : await this.#documents.commit(NEWEST, known.version, next);
        return;
      } catch (error) {
        // Another replica was faster, or the write failed and may yet have been done: look again.
        this.#newest = undefined;
        const { reason } = CorridorError.from(error);
        if (reason !== 'VERSION_CONFLICT' && reason !== 'ALREADY_EXISTS') throw error;
      }
    }
  }

  /** Signs the tree for partners; the one that stands there already stays. */
  async publish(head: TreeHead, time: number): Promise<void> {
    try {
      await this.#documents.create(ordered(head.size), { ...this.#sign(head, time), kind: 'published' });
    } catch (error) {
      if (CorridorError.from(error).reason !== 'ALREADY_EXISTS') throw error;
    }
  }

  /** @throws CorridorError LOG_FORKED when the tree does not extend the tree of the stored checkpoint (RFC 6962, section 2.1.2) */
  async requireExtends(stored: PublishedCheckpoint, { head, nodes }: SignedTree): Promise<void> {
    const { size, root } = this.parse(stored);
    if (size > head.size) throw forked(`a checkpoint is signed for ${size} leaves, but only ${head.size} are stored: ${RESTORE}`);
    if (size === 0) return;
    const path = await proveConsistency(nodes, size, head.size);
    const fault = consistencyFault({ size1: size, root1: root, size2: head.size, root2: head.root, path });
    if (fault !== undefined) throw forked(`the tree does not extend what was signed for ${size} leaves: ${PROOF_FAULT_TEXT[fault]}`);
  }

  /** The newest of the store; one that is not ahead of the tree has been checked against it. */
  async #readNewest(tree: SignedTree): Promise<Versioned<StoredCheckpoint> | undefined> {
    const stored = await this.#documents.get(NEWEST);
    if (stored !== undefined && stored.doc.size <= tree.head.size) await this.requireExtends(stored.doc, tree);
    return stored;
  }

  #sign({ size, root }: TreeHead, time: number): PublishedCheckpoint {
    return { size, note: signCheckpoint({ origin: this.#signer.name, size, root }, this.#signer), time };
  }
}

/** Published checkpoints read at a time. */
const PAGE = 100;

function decodeCheckpoint(bytes: Uint8Array): StoredCheckpoint {
  const doc = recordIn(JSON.parse(fromUtf8(bytes)));
  const kind = textIn(doc.get('kind'));
  if (kind !== 'newest' && kind !== 'published') throw new TypeError('not a kind of checkpoint');
  return { kind, size: countIn(doc.get('size')), note: textIn(doc.get('note')), time: countIn(doc.get('time')) };
}

const forked = (message: string): CorridorError => new CorridorError('LOG_FORKED', message);
