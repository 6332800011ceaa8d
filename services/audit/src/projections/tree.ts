import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { concat } from '@corridor/kernel';
import { Frontier, HASH_SIZE, readRoot, rootOfLeaves, TILE_HEIGHT, TILE_WIDTH, tileLevels, tileSource, type NodeSource, type Tile } from '@corridor/merkle';
import type { Batches } from './batches.ts';
import { TILE_SIZE, type FullTile, type Tiles } from './tiles.ts';

/** Leaves that are added between two turns of the event loop: about a millisecond of hashing. */
const SLICE = 512;
/** Tiles written at a time. */
const TILES_AT_ONCE = 64;

/** The tile of a level that is not full yet. */
interface OpenTile {
  hashes: Buffer;
  width: number;
}

/**
 * The tree of all batches: its right edge in memory, its full tiles stored. Tiles may lag behind the batches they follow
 * from and never lead them; what is missing is made again from the batches.
 */
export class Tree {
  readonly #batches: Batches;
  readonly #tiles: Tiles;
  readonly #open: OpenTile[] = [];
  /** Full tiles that are not stored yet, in the order in which they became full. */
  readonly #unstored = new Map<string, FullTile>();
  #frontier = new Frontier();

  private constructor(batches: Batches, tiles: Tiles) {
    this.#batches = batches;
    this.#tiles = tiles;
  }

  /** The tree of the first `size` leaves, all of which stand in batches. Stores the tiles that are missing at its end. */
  static async open(batches: Batches, tiles: Tiles, size: number): Promise<Tree> {
    const tree = new Tree(batches, tiles);
    await tree.#restore(size);
    return tree;
  }

  /** Number of leaves. */
  get size(): number {
    return this.#frontier.size;
  }

  /** Whether tiles wait to be stored. */
  get lags(): boolean {
    return this.#unstored.size > 0;
  }

  /** The root of the whole tree. */
  root(): Uint8Array {
    return this.#frontier.root();
  }

  /** The root as it stood at an earlier size, from the stored nodes. */
  rootAt(size: number): Promise<Uint8Array> {
    return readRoot(this.nodes(size), size);
  }

  /** The nodes of the tree of the first `size` leaves, for proofs; `size` MUST NOT exceed that of the tree. */
  nodes(size: number): NodeSource {
    return tileSource(size, (tile) => this.#read(tile, this.size));
  }

  /** Adds leaf hashes that lie one after the other and are durably in a batch. Other work goes on in between. */
  async append(leaves: Uint8Array): Promise<void> {
    const onSubtree = (level: number, index: number, hash: Uint8Array): void => {
      if (level % TILE_HEIGHT === 0) this.#fill(level / TILE_HEIGHT, index, hash);
    };
    for (let at = 0; at < leaves.length; at += SLICE * HASH_SIZE) {
      if (at > 0) await turnOfTheEventLoop();
      this.#frontier.appendAll(leaves.subarray(at, at + SLICE * HASH_SIZE), onSubtree);
    }
  }

  /** Stores the tiles that have become full. What could not be stored stays to be stored. */
  async store(): Promise<void> {
    while (this.#unstored.size > 0) {
      const some = [...this.#unstored].slice(0, TILES_AT_ONCE);
      await this.#tiles.put(some.map(([, tile]) => tile));
      for (const [key] of some) this.#unstored.delete(key);
    }
  }

  #fill(level: number, index: number, hash: Uint8Array): void {
    const open = (this.#open[level] ??= { hashes: Buffer.alloc(TILE_SIZE), width: 0 });
    open.hashes.set(hash, open.width * HASH_SIZE);
    open.width += 1;
    if (open.width < TILE_WIDTH) return;
    const tile = { level, index: Math.floor(index / TILE_WIDTH), hashes: open.hashes };
    this.#unstored.set(key(tile), tile);
    this.#open[level] = { hashes: Buffer.alloc(TILE_SIZE), width: 0 };
  }

  /** A tile of a tree of `size` leaves, full or with the hashes that it has so far. */
  async #read({ level, index }: Pick<Tile, 'level' | 'index'>, size: number): Promise<Uint8Array> {
    const full = Math.floor(size / TILE_WIDTH ** (level + 1));
    return index < full ? this.#full(level, index) : (this.#open[level]?.hashes ?? new Uint8Array());
  }

  async #full(level: number, index: number): Promise<Uint8Array> {
    return this.#unstored.get(key({ level, index }))?.hashes ?? (await this.#tiles.get(level, index)) ?? this.#make(level, index);
  }

  #make(level: number, index: number): Promise<Uint8Array> {
    return this.#hashes(level, index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
  }

  /** The hashes [begin, end) of tree level 8 `level`, from what is below them: the leaves, or full tiles. */
  async #hashes(level: number, begin: number, end: number): Promise<Uint8Array> {
    if (level === 0) return this.#batches.leaves(begin, end);
    const roots: Uint8Array[] = [];
    for (let child = begin; child < end; child += 1) roots.push(rootOfLeaves(await this.#full(level - 1, child)));
    return concat(...roots);
  }

  async #restore(size: number): Promise<void> {
    for (const { level, full, partial } of tileLevels(size)) {
      await this.#restoreFull(level, full);
      const begin = full * TILE_WIDTH;
      const hashes = Buffer.alloc(TILE_SIZE);
      hashes.set(await this.#hashes(level, begin, begin + partial));
      this.#open[level] = { hashes, width: partial };
    }
    this.#frontier = await Frontier.read(
      tileSource(size, (tile) => this.#read(tile, size)),
      size,
    );
  }

  /** Tiles are stored in order, so those that a crash kept from being stored are the last ones. */
  async #restoreFull(level: number, full: number): Promise<void> {
    let missing = full;
    while (missing > 0 && (await this.#tiles.get(level, missing - 1)) === undefined) missing -= 1;
    for (let index = missing; index < full; index += 1) {
      await this.#tiles.put([{ level, index, hashes: await this.#make(level, index) }]);
    }
  }
}

const key = ({ level, index }: Pick<FullTile, 'level' | 'index'>): string => `${level}/${index}`;
