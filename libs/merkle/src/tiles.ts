import { CorridorError } from '@corridor/kernel';
import { HASH_SIZE, requireSize } from './hash.ts';
import { rootOfLeaves } from './frontier.ts';
import type { NodeId, NodeSource } from './node.ts';

/** Tree levels in one tile (C2SP tlog-tiles). */
export const TILE_HEIGHT = 8;
/** Hashes in a full tile, one after the other: 8,192 bytes. */
export const TILE_WIDTH = 2 ** TILE_HEIGHT;

/**
 * A run of neighbouring hashes of one tree level (C2SP tlog-tiles): the tile (`level`, `index`) holds the nodes
 * `256 index ...` of tree level `8 level`. Level 0 holds leaf hashes; a hash of level l + 1 is the root of a full tile of
 * level l. `width` is how many hashes it holds: 256 when full, and then it never changes.
 */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** The tiles of one level in a tree: `full` of them, numbered from 0, then one of `partial` hashes unless that is 0. */
export interface TileLevel {
  readonly level: number;
  readonly full: number;
  readonly partial: number;
}

/** Which tiles a tree of `size` leaves has, from level 0 up to the last level with a hash; none for an empty tree. */
export function tileLevels(size: number): readonly TileLevel[] {
  requireSize(size);
  const levels: TileLevel[] = [];
  for (let nodes = size, level = 0; nodes > 0; nodes = Math.floor(nodes / TILE_WIDTH), level += 1) {
    levels.push({ level, full: Math.floor(nodes / TILE_WIDTH), partial: nodes % TILE_WIDTH });
  }
  return levels;
}

/** The tiles that are full in a tree of `to` leaves and were not in one of `from`, lower levels first: what to store now. */
export function filledTiles(from: number, to: number): readonly Tile[] {
  requireSize(from, 'from');
  const before = tileLevels(from);
  return tileLevels(to).flatMap(({ level, full }) => {
    const first = before[level]?.full ?? 0;
    return Array.from({ length: Math.max(0, full - first) }, (_, i) => ({ level, index: first + i, width: TILE_WIDTH }));
  });
}

/** Where a complete subtree is found: its root is the Merkle tree hash of `count` hashes of a tile, starting at `first`. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
  readonly first: number;
  readonly count: number;
}

/** The place of a complete subtree; `count` is 1 where the tile holds its hash as such. */
export function tilePlace({ level, index }: NodeId): TilePlace {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const count = 2 ** (level - tileLevel * TILE_HEIGHT);
  const first = index * count;
  return { level: tileLevel, index: Math.floor(first / TILE_WIDTH), first: first % TILE_WIDTH, count };
}

/**
 * Reads nodes of a tree of `size` leaves out of tiles. Each tile is read once in the life of the source: make one for
 * each proof, or for each checkpoint. `readTile` is asked for the width the tile has at `size` and may answer more.
 * A node rejects with CorridorError DATABASE_DAMAGED when a tile holds too few hashes, INVALID_ARGUMENT when the node is
 * not complete at `size`, and with whatever `readTile` rejects with.
 */
export function tileSource(size: number, readTile: (tile: Tile) => Promise<Uint8Array>): NodeSource {
  requireSize(size);
  const tiles = new Map<string, Promise<Uint8Array>>();
  const read = (tile: Tile): Promise<Uint8Array> => {
    const key = `${tile.level}/${tile.index}`;
    const known = tiles.get(key) ?? readTile(tile);
    tiles.set(key, known);
    return known;
  };
  return {
    node: async (level, index) => {
      if ((index + 1) * 2 ** level > size) {
        throw new CorridorError('INVALID_ARGUMENT', `node ${level}/${index} is not complete at size ${size}`, { field: 'node' });
      }
      const place = tilePlace({ level, index });
      const nodes = Math.floor(size / TILE_WIDTH ** place.level);
      const width = Math.min(TILE_WIDTH, nodes - place.index * TILE_WIDTH);
      const bytes = await read({ level: place.level, index: place.index, width });
      const end = (place.first + place.count) * HASH_SIZE;
      if (bytes.length < end) {
        throw new CorridorError('DATABASE_DAMAGED', `tile ${place.level}/${place.index} holds ${bytes.length} bytes, fewer than ${end}`);
      }
      return rootOfLeaves(bytes.subarray(place.first * HASH_SIZE, end));
    },
  };
}
