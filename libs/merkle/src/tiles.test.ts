import { toHex } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { Frontier } from './frontier.ts';
import { naiveRoot, packed, someLeaves } from './naive-tree.test-support.ts';
import { proveConsistency, proveInclusion } from './proof.ts';
import { filledTiles, tileLevels, tilePlace, tileSource, TILE_WIDTH, type Tile } from './tiles.ts';
import { verifyConsistency, verifyInclusion } from './verify.ts';

const SIZE = 66_000;
const LEAVES = someLeaves(SIZE);

/** Tiles as a log would store them: the subtrees of each eighth level, in their order. */
function storedTiles(): { readonly read: (tile: Tile) => Promise<Uint8Array>; readonly reads: Tile[]; readonly rootAt: Map<number, Uint8Array> } {
  const rows: Uint8Array[][] = [];
  const rootAt = new Map<number, Uint8Array>();
  const frontier = new Frontier();
  for (const leaf of LEAVES) {
    frontier.append(leaf, (level, _, hash) => {
      if (level % 8 === 0) (rows[level / 8] ??= []).push(hash);
    });
    rootAt.set(frontier.size, frontier.root());
  }
  const reads: Tile[] = [];
  return {
    reads,
    rootAt,
    read: async (tile) => {
      reads.push(tile);
      return packed(rows[tile.level]?.slice(tile.index * TILE_WIDTH, tile.index * TILE_WIDTH + tile.width) ?? []);
    },
  };
}
const { read, reads, rootAt } = storedTiles();
const root = (size: number): Uint8Array => rootAt.get(size) ?? expect.fail(`no root at ${size}`);

describe('the tile layout', () => {
  it('is that of the tlog-tiles examples', () => {
    expect(tileLevels(70_000)).toEqual([
      { level: 0, full: 273, partial: 112 },
      { level: 1, full: 1, partial: 17 },
      { level: 2, full: 0, partial: 1 },
    ]);
    expect(tileLevels(256)).toEqual([
      { level: 0, full: 1, partial: 0 },
      { level: 1, full: 0, partial: 1 },
    ]);
    expect(tileLevels(0)).toEqual([]);
    expect(tileLevels(255)).toEqual([{ level: 0, full: 0, partial: 255 }]);
  });

  it('names each tile once, when it fills', () => {
    const key = ({ level, index }: Tile): string => `${level}/${index}`;
    const steps = [0, 1, 255, 256, 257, 1000, 65_535, 65_536, 65_536, 140_000];
    const stepwise = steps.slice(1).flatMap((to, i) => filledTiles(steps[i] ?? 0, to));
    expect(stepwise.map(key).sort()).toEqual(filledTiles(0, 140_000).map(key).sort());
    expect(stepwise.every(({ width }) => width === TILE_WIDTH)).toBe(true);
    expect(filledTiles(0, 255)).toEqual([]);
    expect(filledTiles(255, 256)).toEqual([{ level: 0, index: 0, width: 256 }]);
    expect(filledTiles(65_535, 65_536).map(key)).toEqual(['0/255', '1/0']);
  });

  it('finds a subtree in the tile that spans it', () => {
    expect(tilePlace({ level: 0, index: 1000 })).toEqual({ level: 0, index: 3, first: 232, count: 1 });
    expect(tilePlace({ level: 7, index: 3 })).toEqual({ level: 0, index: 1, first: 128, count: 128 });
    expect(tilePlace({ level: 8, index: 3 })).toEqual({ level: 1, index: 0, first: 3, count: 1 });
    expect(tilePlace({ level: 17, index: 1 })).toEqual({ level: 2, index: 0, first: 2, count: 2 });
  });
});

describe('proofs from tiles', () => {
  it('hold at sizes around the edges of tiles, and read few of them, each once', async () => {
    for (const size of [1, 2, 255, 256, 257, 511, 65_535, 65_536, 65_537, SIZE]) {
      for (const index of new Set([0, Math.floor(size / 3), size - 1])) {
        reads.length = 0;
        const path = await proveInclusion(tileSource(size, read), index, size);
        expect(verifyInclusion({ leafHash: LEAVES[index] ?? expect.fail(), index, size, root: root(size), path })).toBe(true);
        expect(new Set(reads.map(({ level, index: i }) => `${level}/${i}`)).size).toBe(reads.length);
        expect(reads.length).toBeLessThanOrEqual(6);
      }
      const size1 = Math.ceil(size / 3);
      const path = await proveConsistency(tileSource(size, read), size1, size);
      expect(verifyConsistency({ size1, root1: root(size1), size2: size, root2: root(size), path })).toBe(true);
    }
  });

  it('ask only for what the tiles hold at their size', async () => {
    reads.length = 0;
    await proveInclusion(tileSource(70, read), 69, 70);
    expect(reads).toEqual([{ level: 0, index: 0, width: 70 }]);
    await expect(tileSource(70, read).node(3, 8)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it('reject loudly when a tile is cut short', async () => {
    const cut = tileSource(300, async (tile) => (await read(tile)).subarray(0, 64));
    await expect(proveInclusion(cut, 0, 300)).rejects.toMatchObject({ reason: 'DATABASE_DAMAGED' });
  });

  it('rest on the same hashes as the recursive definition', async () => {
    const node = await tileSource(SIZE, read).node(10, 5);
    expect(toHex(node)).toBe(toHex(naiveRoot(LEAVES.slice(5 * 1024, 6 * 1024))));
  });
});
