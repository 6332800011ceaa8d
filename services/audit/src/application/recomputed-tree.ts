import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { equalBytes } from '@corridor/kernel';
import { Frontier, HASH_SIZE, TILE_HEIGHT, TILE_WIDTH } from '@corridor/merkle';
import type { Findings } from './findings.ts';

export interface StoredTiles {
  /** The hashes of a full tile as stored; undefined when it is not. */
  get(level: number, index: number): Promise<Uint8Array | undefined>;
}

/** Leaves added between two turns of the event loop: about a millisecond of hashing. */
const SLICE = 512;

/** The tree made anew from its leaves; every tile that becomes full on the way is compared with the stored one. */
export class RecomputedTree {
  readonly #stored: StoredTiles;
  readonly #findings: Findings;
  readonly #frontier = new Frontier();
  /** Per tile level the hashes behind its last full tile. */
  readonly #open: { readonly hashes: Buffer; width: number }[] = [];

  constructor(stored: StoredTiles, findings: Findings) {
    this.#stored = stored;
    this.#findings = findings;
  }

  root(): Uint8Array {
    return this.#frontier.root();
  }

  async append(leaves: Uint8Array): Promise<void> {
    const full: { readonly level: number; readonly index: number; readonly hashes: Uint8Array }[] = [];
    const onSubtree = (level: number, index: number, hash: Uint8Array): void => {
      if (level % TILE_HEIGHT !== 0) return;
      const tile = level / TILE_HEIGHT;
      const hashes = this.#fill(tile, hash);
      if (hashes !== undefined) full.push({ level: tile, index: Math.floor(index / TILE_WIDTH), hashes });
    };
    for (let at = 0; at < leaves.length; at += SLICE * HASH_SIZE) {
      this.#frontier.appendAll(leaves.subarray(at, at + SLICE * HASH_SIZE), onSubtree);
      await turnOfTheEventLoop();
    }
    for (const { level, index, hashes } of full) await this.#compare(level, index, hashes);
  }

  /** Adds a hash to the open tile of a level; returns its hashes when it is full. */
  #fill(level: number, hash: Uint8Array): Uint8Array | undefined {
    const open = (this.#open[level] ??= { hashes: Buffer.alloc(TILE_WIDTH * HASH_SIZE), width: 0 });
    open.hashes.set(hash, open.width * HASH_SIZE);
    open.width += 1;
    if (open.width < TILE_WIDTH) return undefined;
    open.width = 0;
    return Buffer.from(open.hashes);
  }

  async #compare(level: number, index: number, hashes: Uint8Array): Promise<void> {
    const name = `tile ${level}/${index}`;
    const stored = await this.#findings.readable(name, async () => (await this.#stored.get(level, index)) ?? 'missing');
    if (stored === undefined) return;
    if (stored === 'missing') this.#findings.add(`${name} is missing`);
    else if (!equalBytes(stored, hashes)) this.#findings.add(`${name} does not hold the hashes of its leaves`);
  }
}
