import type { EventLog } from '@corridor/eventlog';
import { equalBytes } from '@corridor/kernel';
import { HASH_SIZE, type Checkpoint } from '@corridor/merkle';
import { batchFault, NOTHING, through, type Batch, type Place, type Sequenced } from '../domain/batch.ts';
import { RecordCheck } from './check-records.ts';
import { Findings } from './findings.ts';
import type { PublishedCheckpoint } from './published.ts';
import { RecomputedTree, type StoredTiles } from './recomputed-tree.ts';

export interface CheckLogPorts {
  readonly log: EventLog;
  /** The checkpoint of the log before this one, its first leaf; empty when there was none. */
  readonly continues: string;
  readonly batches: {
    at(first: number): Promise<Batch | undefined>;
    locate(place: Place): Promise<number | undefined>;
  };
  readonly tiles: StoredTiles;
  readonly checkpoints: {
    newest(): Promise<PublishedCheckpoint | undefined>;
    /** Every published checkpoint, by size. */
    published(): AsyncIterator<PublishedCheckpoint, void>;
    parse(checkpoint: PublishedCheckpoint): Checkpoint;
  };
}

/** How far a check came. */
export interface Progress {
  readonly checked: number;
  /** Leaves under the newest checkpoint. */
  readonly size: number;
}

/** What a check found; consistent when there is nothing to find. */
export interface Verdict extends Progress {
  /** At most 100. */
  readonly findings: readonly string[];
}

/** Leaves between two reports of progress. */
const REPORT_EVERY = 8192;

/**
 * Reads everything again that the newest checkpoint stands for, and compares: records with their leaves and their own
 * headers, batches with one another, tiles with the recomputed tree, its roots with all signed checkpoints. Memory stays
 * bounded whatever the log's size. What is damaged is a finding, not an error. Records past their retention are proved by
 * their leaves alone.
 * @throws the signal's reason when it aborts; CorridorError UNAVAILABLE when log or store are out of reach
 */
export async function checkLog(ports: CheckLogPorts, onProgress: (progress: Progress) => Promise<void>, signal: AbortSignal): Promise<Verdict> {
  const findings = new Findings();
  const newest = await findings.readable('the newest checkpoint', async () => (await ports.checkpoints.newest()) ?? 'missing');
  if (newest === 'missing') findings.add('the newest checkpoint is missing');
  const size = typeof newest === 'object' ? newest.size : 0;
  const tree = new RecomputedTree(ports.tiles, findings);
  const roots = new RootCheck(ports, tree, findings);
  const records = new RecordCheck(ports.log, ports.continues, findings, signal);

  let reached: Sequenced = NOTHING;
  await roots.checkAt(0);
  for (let reported = 0; reached.size < size; ) {
    const batch = await nextBatch(ports, reached, findings);
    if (batch === undefined) break;
    await checkBatch(ports, batch, records, findings);
    await tree.append(batch.leaves);
    reached = through(batch);
    await roots.checkAt(reached.size);
    if (reached.size - reported < REPORT_EVERY) continue;
    reported = reached.size;
    await onProgress({ checked: reached.size, size });
  }
  if (typeof newest === 'object') roots.compare(newest, reached.size, 'newest');
  return { checked: reached.size, size, findings: findings.texts };
}

async function nextBatch({ batches }: CheckLogPorts, reached: Sequenced, findings: Findings): Promise<Batch | undefined> {
  const name = `the batch at leaf ${reached.size}`;
  const batch = await findings.readable(name, async () => (await batches.at(reached.size)) ?? 'missing');
  if (batch === 'missing') findings.add(`${name} is missing; what is behind it is not checked`);
  if (typeof batch !== 'object') return undefined;
  const fault = batchFault(reached, batch);
  if (fault === undefined) return batch;
  findings.add(`${name}: ${fault}; what is behind it is not checked`);
  return undefined;
}

/** Compares the records of a batch with its leaves, and looks each of its runs up as a proof would. */
async function checkBatch({ batches }: CheckLogPorts, batch: Batch, records: RecordCheck, findings: Findings): Promise<void> {
  let leaf = batch.first;
  for (const run of batch.runs) {
    const at = (leaf - batch.first) * HASH_SIZE;
    await records.check(run, batch.leaves.subarray(at, at + run.count * HASH_SIZE));
    const { topic, partition, from, count } = run;
    const name = `${topic} ${partition}:${from}`;
    const found = await findings.readable(name, async () => (await batches.locate({ topic, partition, offset: from })) ?? 'no leaf');
    if (found !== leaf) findings.add(`${name}: looking it up leads to ${found === undefined ? 'damage' : found}, not to leaf ${leaf}`);
    leaf += count;
  }
}

/** Compares the recomputed roots with all that was signed, as the tree passes the sizes of the checkpoints. */
class RootCheck {
  readonly #parse: (checkpoint: PublishedCheckpoint) => Checkpoint;
  readonly #tree: RecomputedTree;
  readonly #findings: Findings;
  readonly #published: AsyncIterator<PublishedCheckpoint, void>;
  /** The first published one that the tree has not reached. */
  #next: PublishedCheckpoint | undefined;
  #began = false;

  constructor({ checkpoints }: CheckLogPorts, tree: RecomputedTree, findings: Findings) {
    this.#parse = (checkpoint) => checkpoints.parse(checkpoint);
    this.#tree = tree;
    this.#findings = findings;
    this.#published = checkpoints.published();
  }

  /** Compares the published checkpoints up to the size that the tree has now. */
  async checkAt(size: number): Promise<void> {
    if (!this.#began) await this.#advance();
    this.#began = true;
    for (let next = this.#next; next !== undefined && next.size <= size; next = this.#next) {
      this.compare(next, size, 'published');
      await this.#advance();
    }
  }

  /** Compares one checkpoint with the tree, which has `size` leaves. */
  compare(stored: PublishedCheckpoint, size: number, kind: string): void {
    const name = `the ${kind} checkpoint of ${stored.size} leaves`;
    try {
      const { root } = this.#parse(stored);
      if (stored.size !== size) this.#findings.add(`${name} cannot be compared: the tree has ${size} leaves`);
      else if (!equalBytes(root, this.#tree.root())) this.#findings.add(`${name} is signed for another root`);
    } catch (error) {
      this.#findings.add(`${name}: ${error instanceof Error ? error.message : 'unreadable'}`);
    }
  }

  async #advance(): Promise<void> {
    const step = await this.#findings.readable('the published checkpoints', () => this.#published.next());
    this.#next = step === undefined || step.done === true ? undefined : step.value;
  }
}
