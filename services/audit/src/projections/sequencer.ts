import { type Clock, CorridorError } from '@corridor/kernel';
import type { NodeSource } from '@corridor/merkle';
import type { Report } from '@corridor/runtime';
import { count } from '@corridor/telemetry';
import { Bell } from '../application/bell.ts';
import { batchFault, NOTHING, through, type Batch, type Ends, type Sequenced } from '../domain/batch.ts';
import type { Batches } from './batches.ts';
import type { Checkpoints, TreeHead } from './checkpoints.ts';
import type { PendingLeaves } from './pending-leaves.ts';
import type { Tiles } from './tiles.ts';
import { Tree } from './tree.ts';

/** Rounds begin at least so many milliseconds apart while little comes in: few batches, and still far below 100 ms. */
const ROUND_MS = 20;
/** How long to wait, in milliseconds, after a round that failed. */
const RETRY_MS = 500;

export interface SequencerPorts {
  readonly batches: Batches;
  readonly tiles: Tiles;
  readonly checkpoints: Checkpoints;
  readonly pending: PendingLeaves;
  readonly clock: Clock;
  readonly report: Report;
}

/**
 * Gives every record its leaf. One round makes one batch of all that is pending, stores it under the index of its first
 * leaf, adds it to the tree, stores the tiles that are full and signs the tree. When another sequencer has stored a batch
 * at that place first, that batch counts, and this one goes on behind it.
 */
export class Sequencer {
  readonly #ports: SequencerPorts;
  readonly #tree: Tree;
  readonly #grown = new Bell();
  #sequenced: Sequenced;
  #head: TreeHead;
  #failure: CorridorError | undefined;

  private constructor(ports: SequencerPorts, sequenced: Sequenced, tree: Tree) {
    this.#ports = ports;
    this.#sequenced = sequenced;
    this.#tree = tree;
    this.#head = { size: sequenced.size, root: tree.root() };
  }

  /**
   * Goes on from what is stored, and signs what an earlier life could not sign any more.
   * @throws CorridorError LOG_FORKED when the stored tree does not extend the newest checkpoints, DATABASE_DAMAGED
   */
  static async open(ports: SequencerPorts): Promise<Sequencer> {
    const { batches, tiles, checkpoints, pending, clock } = ports;
    // Read before the batches: what they are signed for is then there, whatever another replica does meanwhile.
    const signed = [await checkpoints.newest(), await checkpoints.newestPublished()];
    const sequenced = (await batches.last()) ?? NOTHING;
    const sequencer = new Sequencer(ports, sequenced, await Tree.open(batches, tiles, sequenced.size));
    for (const checkpoint of signed) {
      if (checkpoint !== undefined) await checkpoints.requireExtends(checkpoint, sequencer.signedTree());
    }
    pending.skipTo(sequenced.ends);
    await checkpoints.keepNewest(sequencer.signedTree(), clock.now());
    return sequencer;
  }

  /** The tree whose leaves all stand in batches. */
  get head(): TreeHead {
    return this.#head;
  }

  /** Behind which record of each partition sequencing stands. */
  get ends(): Ends {
    return this.#sequenced.ends;
  }

  /** Why the last round failed; undefined when it did not. */
  get failure(): CorridorError | undefined {
    return this.#failure;
  }

  /** The head with the nodes it is made of. */
  signedTree(): { readonly head: TreeHead; readonly nodes: NodeSource } {
    return { head: this.#head, nodes: this.#tree.nodes(this.#head.size) };
  }

  /** The nodes of the tree at a size; waits until this process has read that far. @throws the signal's reason when it aborts. */
  async nodes(size: number, signal: AbortSignal): Promise<NodeSource> {
    while (this.#head.size < size && !signal.aborted) await this.#grown.next(signal);
    signal.throwIfAborted();
    return this.#tree.nodes(size);
  }

  /**
   * Runs rounds until `signal` aborts; the round in hand is finished. What may pass is tried again.
   * @throws CorridorError with code DATA_LOSS: LOG_FORKED, DATABASE_DAMAGED
   */
  async run(signal: AbortSignal): Promise<void> {
    const { pending, clock } = this.#ports;
    while (!signal.aborted) {
      // A round that failed may have left tiles or the signature undone: it is tried again though nothing is pending.
      if (this.#failure === undefined) await pending.some(signal);
      const began = clock.now();
      await this.#attempt();
      const rest = this.#failure === undefined ? ROUND_MS - (clock.now() - began) : RETRY_MS;
      if (rest > 0 && !(pending.isPlenty && this.#failure === undefined)) await clock.wait(rest, signal).catch(() => undefined);
    }
  }

  async #attempt(): Promise<void> {
    try {
      await this.#round();
      this.#failure = undefined;
    } catch (error) {
      const known = CorridorError.from(error);
      if (known.code === 'DATA_LOSS') throw known;
      this.#ports.report('warn', 'audit.round-failed', { reason: known.reason });
      this.#failure = known;
    }
  }

  async #round(): Promise<void> {
    const { batches, checkpoints, pending, clock } = this.#ports;
    const batch = pending.batch(this.#sequenced);
    if (batch !== undefined) {
      if (await batches.create(batch)) {
        await this.#take(batch);
        count('corridor.audit.leaves', this.#sequenced.size - batch.first, {});
      } else await this.#followOthers();
    }
    await this.#tree.store();
    await checkpoints.keepNewest(this.signedTree(), clock.now());
  }

  /** Takes every batch that others stored behind what this process knows. */
  async #followOthers(): Promise<void> {
    for (let batch = await this.#next(); batch !== undefined; batch = await this.#next()) {
      this.#ports.pending.requireSame(batch);
      await this.#take(batch);
    }
  }

  #next(): Promise<Batch | undefined> {
    return this.#ports.batches.at(this.#sequenced.size);
  }

  /** Adds a batch that is durable at its place. */
  async #take(batch: Batch): Promise<void> {
    const fault = batchFault(this.#sequenced, batch);
    if (fault !== undefined) throw new CorridorError('LOG_FORKED', `the batch at leaf ${this.#sequenced.size} does not follow: ${fault}`);
    this.#ports.pending.skipTo(batch.ends);
    await this.#tree.append(batch.leaves);
    this.#sequenced = through(batch);
    this.#head = { size: this.#sequenced.size, root: this.#tree.root() };
    this.#grown.ring();
  }
}
