import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flipBit, naiveRoot, naiveSource, someLeaves } from './naive-tree.test-support.ts';
import { subtrees } from './node.ts';
import { consistencyPlan, consistencyRanges, inclusionPlan, inclusionRanges, proveConsistency, proveInclusion, readRoot } from './proof.ts';
import {
  consistencyFault,
  inclusionFault,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './verify.ts';

const MAX = 130;
const LEAVES = someLeaves(MAX);
const ROOTS = Array.from({ length: MAX + 1 }, (_, size) => naiveRoot(LEAVES.slice(0, size)));
const SOURCE = naiveSource(LEAVES);
const leaf = (index: number): Uint8Array => LEAVES[index] ?? expect.fail(`no leaf ${index}`);
const root = (size: number): Uint8Array => ROOTS[size] ?? expect.fail(`no root ${size}`);

const inclusion = async (index: number, size: number): Promise<InclusionClaim> => ({
  leafHash: leaf(index),
  index,
  size,
  root: root(size),
  path: await proveInclusion(SOURCE, index, size),
});
const consistency = async (size1: number, size2: number): Promise<ConsistencyClaim> => ({
  size1,
  root1: root(size1),
  size2,
  root2: root(size2),
  path: await proveConsistency(SOURCE, size1, size2),
});
const flipInPath = (path: readonly Uint8Array[], at: number, bit: number): readonly Uint8Array[] =>
  path.map((hash, i) => (i === at ? flipBit(hash, bit) : hash));

function* inclusionTampered(claim: InclusionClaim, bit: number): Generator<InclusionClaim> {
  yield { ...claim, leafHash: flipBit(claim.leafHash, bit) };
  yield { ...claim, root: flipBit(claim.root, bit) };
  for (let i = 0; i < claim.path.length; i += 1) yield { ...claim, path: flipInPath(claim.path, i, bit) };
}
function* consistencyTampered(claim: ConsistencyClaim, bit: number): Generator<ConsistencyClaim> {
  yield { ...claim, root1: flipBit(claim.root1, bit) };
  yield { ...claim, root2: flipBit(claim.root2, bit) };
  for (let i = 0; i < claim.path.length; i += 1) yield { ...claim, path: flipInPath(claim.path, i, bit) };
}

/** How a path is folded: on which side each hash stands. Two claims of one shape cannot be told apart by the path. */
const inclusionShape = (index: number, size: number): string =>
  inclusionRanges(index, size).map(({ end }) => (end <= index ? 'left' : 'right')).join();
const consistencyShape = (size1: number, size2: number): string => {
  const ranges = consistencyRanges(size1, size2);
  const seed = ranges[0]?.end === size1 && Math.log2(size1) % 1 !== 0 ? 'seed' : 'root';
  return [seed, ...ranges.map(({ end }) => (end <= size1 ? 'left' : 'right'))].join();
};

describe('inclusion proofs', () => {
  it('hold for every leaf of every tree up to 130 leaves, and no flipped bit passes', async () => {
    let bit = 0;
    let proofs = 0;
    for (let size = 1; size <= MAX; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const claim = await inclusion(index, size);
        if (!verifyInclusion(claim)) expect.fail(`leaf ${index} of ${size}: ${inclusionFault(claim)}`);
        for (const tampered of inclusionTampered(claim, (bit += 37) % 256)) {
          if (verifyInclusion(tampered)) expect.fail(`leaf ${index} of ${size} passes with a flipped bit`);
        }
        proofs += 1;
      }
    }
    expect(proofs).toBe((MAX * (MAX + 1)) / 2);
  });

  it('are refused with any one of their bits flipped', async () => {
    const claim = await inclusion(4, 7);
    expect(verifyInclusion(claim)).toBe(true);
    for (let bit = 0; bit < 256; bit += 1) {
      for (const tampered of inclusionTampered(claim, bit)) expect(inclusionFault(tampered)).toBe('root-differs');
    }
  });

  it('are refused for any other index of the same tree', async () => {
    const passing: string[] = [];
    for (let size = 1; size <= 40; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const claim = await inclusion(index, size);
        for (let other = 0; other <= size; other += 1) {
          if (other !== index && verifyInclusion({ ...claim, index: other })) passing.push(`leaf ${index} of ${size} as ${other}`);
        }
      }
    }
    expect(passing).toEqual([]);
  });

  it('are refused for any other size, except where the path is the same; there the size and the root of one checkpoint decide', async () => {
    let same = 0;
    for (let size = 1; size <= 40; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const claim = await inclusion(index, size);
        for (let other = 0; other <= 80; other += 1) {
          const shapeIsSame = other > index && inclusionShape(index, other) === inclusionShape(index, size);
          if (verifyInclusion({ ...claim, size: other }) !== shapeIsSame) expect.fail(`leaf ${index} of ${size} as of ${other}`);
          if (other === size) continue;
          if (shapeIsSame) same += 1;
          if (verifyInclusion({ ...claim, size: other, root: root(other) })) expect.fail(`leaf ${index} of ${size} passes under the root of ${other}`);
        }
      }
    }
    expect(same).toBeGreaterThan(0);
  });

  it('say what is wrong with them', async () => {
    const claim = await inclusion(3, 6);
    const short = leaf(0).subarray(1);
    expect(inclusionFault({ ...claim, path: claim.path.slice(1) })).toBe('path-too-short');
    expect(inclusionFault({ ...claim, path: [...claim.path, leaf(0)] })).toBe('path-too-long');
    expect(inclusionFault({ ...claim, index: 6 })).toBe('index-out-of-range');
    expect(inclusionFault({ ...claim, index: -1 })).toBe('index-out-of-range');
    expect(inclusionFault({ ...claim, index: 1.5 })).toBe('index-out-of-range');
    expect(inclusionFault({ ...claim, size: 2 ** 53 })).toBe('size-invalid');
    for (const bad of [{ leafHash: short }, { root: short }, { path: [short] }]) {
      expect(inclusionFault({ ...claim, ...bad })).toBe('hash-length');
    }
  });

  it('cannot be made for a leaf that is not there', () => {
    for (const [index, size] of [[0, 0], [3, 3], [-1, 3], [0.5, 3], [0, 2 ** 53]] as const) {
      expect(() => inclusionPlan(index, size)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
    }
  });
});

describe('consistency proofs', () => {
  it('hold for every two sizes up to 130, and no flipped bit passes', async () => {
    let bit = 0;
    let proofs = 0;
    for (let size2 = 1; size2 <= MAX; size2 += 1) {
      for (let size1 = 1; size1 <= size2; size1 += 1) {
        const claim = await consistency(size1, size2);
        if (!verifyConsistency(claim)) expect.fail(`${size1} to ${size2}: ${consistencyFault(claim)}`);
        for (const tampered of consistencyTampered(claim, (bit += 37) % 256)) {
          if (verifyConsistency(tampered)) expect.fail(`${size1} to ${size2} passes with a flipped bit`);
        }
        proofs += 1;
      }
    }
    expect(proofs).toBe((MAX * (MAX + 1)) / 2);
  });

  it('are refused with any one of their bits flipped', async () => {
    const claim = await consistency(5, 11);
    for (let bit = 0; bit < 256; bit += 1) {
      for (const tampered of consistencyTampered(claim, bit)) expect(verifyConsistency(tampered)).toBe(false);
    }
  });

  it('are refused for any other first size', async () => {
    const passing: string[] = [];
    for (let size2 = 2; size2 <= 40; size2 += 1) {
      for (let size1 = 1; size1 < size2; size1 += 1) {
        const claim = await consistency(size1, size2);
        for (let other = 0; other <= size2 + 1; other += 1) {
          if (other !== size1 && verifyConsistency({ ...claim, size1: other })) passing.push(`${size1} to ${size2} from ${other}`);
        }
      }
    }
    expect(passing).toEqual([]);
  });

  it('are refused for any other second size, except where the path is the same; there the size and the root of one checkpoint decide', async () => {
    for (let size2 = 2; size2 <= 30; size2 += 1) {
      for (let size1 = 1; size1 < size2; size1 += 1) {
        const claim = await consistency(size1, size2);
        for (let other = 0; other <= 64; other += 1) {
          const shapeIsSame = other > size1 && consistencyShape(size1, other) === consistencyShape(size1, size2);
          if (verifyConsistency({ ...claim, size2: other }) !== shapeIsSame) expect.fail(`${size1} to ${size2} as to ${other}`);
          if (other !== size2 && verifyConsistency({ ...claim, size2: other, root2: root(other) })) {
            expect.fail(`${size1} to ${size2} passes under the root of ${other}`);
          }
        }
      }
    }
  });

  it('show a history that was rewritten', async () => {
    const rewritten = LEAVES.map((hash, i) => (i === 20 ? flipBit(hash, 0) : hash));
    const fork = naiveSource(rewritten);
    const root2 = await readRoot(fork, 100);
    const path = await proveConsistency(fork, 50, 100);
    expect(consistencyFault({ size1: 50, root1: root(50), size2: 100, root2, path })).toBe('first-root-differs');
  });

  it('say what is wrong with them', async () => {
    const claim = await consistency(3, 6);
    expect(consistencyFault({ ...claim, path: [] })).toBe('path-too-short');
    expect(consistencyFault({ ...claim, path: claim.path.slice(0, -1) })).toBe('path-too-short');
    expect(consistencyFault({ ...claim, path: [...claim.path, leaf(0)] })).toBe('path-too-long');
    expect(consistencyFault({ ...claim, size1: 7 })).toBe('first-tree-larger');
    expect(consistencyFault({ ...claim, size1: 0, root1: root(0), path: [] })).toBe('first-tree-empty');
    expect(consistencyFault({ ...claim, size2: Number.NaN })).toBe('size-invalid');
    expect(consistencyFault({ ...claim, root1: root(3).subarray(1) })).toBe('hash-length');
  });

  it('need no path between equal trees, and no root but the empty one for empty trees', () => {
    const claim: ConsistencyClaim = { size1: 5, root1: root(5), size2: 5, root2: root(5), path: [] };
    expect(verifyConsistency(claim)).toBe(true);
    expect(consistencyFault({ ...claim, root2: root(6) })).toBe('root-differs');
    expect(consistencyFault({ ...claim, path: [leaf(0)] })).toBe('path-too-long');
    const empty: ConsistencyClaim = { size1: 0, root1: root(0), size2: 0, root2: root(0), path: [] };
    expect(verifyConsistency(empty)).toBe(true);
    expect(consistencyFault({ ...empty, root1: leaf(0), root2: leaf(0) })).toBe('first-root-differs');
  });

  it('cannot be made from the empty tree or backwards', () => {
    for (const [size1, size2] of [[0, 0], [0, 3], [4, 3]] as const) {
      expect(() => consistencyPlan(size1, size2)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
    }
  });
});

describe('trees beyond 32 bits', () => {
  it('have proofs like small ones', async () => {
    // All leaves are equal, so that each level has one hash and the tree need not be held.
    const levels = [leaf(0)];
    for (let level = 1; level < 53; level += 1) levels.push(naiveRoot([levels[level - 1] ?? leaf(0), levels[level - 1] ?? leaf(0)]));
    const source = { node: async (level: number): Promise<Uint8Array> => levels[level] ?? expect.fail() };
    const [size1, size2] = [2 ** 35 + 12_345, 2 ** 44 + 2 ** 33 + 7];
    const [root1, root2] = await Promise.all([readRoot(source, size1), readRoot(source, size2)]);
    expect(consistencyFault({ size1, root1, size2, root2, path: await proveConsistency(source, size1, size2) })).toBeUndefined();
    for (const index of [0, 2 ** 33 + 5, 2 ** 44 + 1, size2 - 1]) {
      const path = await proveInclusion(source, index, size2);
      expect(inclusionFault({ leafHash: leaf(0), index, size: size2, root: root2, path })).toBeUndefined();
    }
  });
});

describe('proof plans', () => {
  it('name subtrees that begin at a multiple of their width', () => {
    expect(subtrees({ begin: 3, end: 9 })).toEqual([{ level: 0, index: 3 }, { level: 2, index: 1 }, { level: 0, index: 8 }]);
    expect(subtrees({ begin: 5, end: 5 })).toEqual([]);
  });


  const sizes = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const oneRaggedAtMost = (plan: readonly (readonly unknown[])[]): boolean => plan.filter((nodes) => nodes.length > 1).length <= 1;

  it('read few nodes, of which only the right edge is put together from several, however large the tree', () => {
    fc.assert(
      fc.property(sizes, sizes, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        for (const plan of [inclusionPlan(low - 1, high), consistencyPlan(low, high)]) {
          expect(oneRaggedAtMost(plan)).toBe(true);
          expect(plan.flat().length).toBeLessThanOrEqual(106);
          for (const { level, index } of plan.flat()) {
            expect(BigInt(index + 1) * 2n ** BigInt(level)).toBeLessThanOrEqual(BigInt(high));
          }
        }
      }),
    );
  });

  it('are all that a proof reads', async () => {
    const source = naiveSource(LEAVES);
    await proveInclusion(source, 70, 121);
    const planned = inclusionPlan(70, 121).flat().map(({ level, index }) => `${level}/${index}`);
    expect([...source.reads].sort()).toEqual([...planned].sort());
  });

  it('pass on what the source rejects with', async () => {
    const broken = { node: async (): Promise<Uint8Array> => Promise.reject(new Error('tile lost')) };
    await expect(proveInclusion(broken, 1, 9)).rejects.toThrow('tile lost');
  });
});
