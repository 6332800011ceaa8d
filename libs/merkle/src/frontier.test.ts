import { toHex } from '@corridor/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frontier, rootOfLeaves } from './frontier.ts';
import { EMPTY_ROOT, leafHash, nodeHash } from './hash.ts';
import { naiveLeaf, naiveRoot, naiveSource, packed, someLeaves } from './naive-tree.test-support.ts';
import { readRoot } from './proof.ts';

/** The test tree of the Certificate Transparency project (also of google/trillian): its leaves, and some of its roots. */
const CT_LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const CT_ROOTS = new Map([
  [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
]);

const sizes = fc.integer({ min: 0, max: 700 });
const leavesOf = (size: number): readonly Uint8Array[] => someLeaves(size);

describe('hashes', () => {
  it('are those of RFC 6962: leaf prefix 0x00, node prefix 0x01', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 3 }), (parts) => {
        expect(toHex(leafHash(...parts))).toBe(toHex(naiveLeaf(Buffer.concat(parts))));
      }),
    );
    const [a, b] = [naiveLeaf(Buffer.of(1)), naiveLeaf(Buffer.of(2))];
    expect(toHex(nodeHash(a, b))).toBe(toHex(naiveRoot([a, b])));
    expect(toHex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('do not change when later ones are computed', () => {
    const first = leafHash(Buffer.from('one'));
    const before = toHex(first);
    leafHash(Buffer.from('two'));
    nodeHash(first, first);
    expect(toHex(first)).toBe(before);
  });

  it('refuse children that are not 32 bytes long', () => {
    expect(() => nodeHash(EMPTY_ROOT, EMPTY_ROOT.subarray(1))).toThrow(/32 bytes/);
  });
});

describe('a frontier', () => {
  it('has the published roots of the Certificate Transparency test tree', () => {
    const frontier = new Frontier();
    const roots = CT_LEAVES.map((leaf) => {
      frontier.append(leafHash(Buffer.from(leaf, 'hex')));
      return toHex(frontier.root());
    });
    for (const [size, root] of CT_ROOTS) expect(roots[size - 1]).toBe(root);
  });

  it('has the root that the recursive definition gives, for every size', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const leaves = leavesOf(size);
        const frontier = new Frontier();
        leaves.forEach((leaf, i) => expect(frontier.append(leaf)).toBe(i));
        expect(frontier.size).toBe(size);
        expect(toHex(frontier.root())).toBe(toHex(naiveRoot(leaves)));
        expect(toHex(rootOfLeaves(packed(leaves)))).toBe(toHex(naiveRoot(leaves)));
      }),
      { numRuns: 60 },
    );
  });

  it('goes on from its bytes as if it had never stopped', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 100 }), (before, after) => {
        const leaves = leavesOf(before + after);
        const first = new Frontier();
        first.appendAll(packed(leaves.slice(0, before)));
        const second = Frontier.fromBytes(first.toBytes());
        expect(toHex(second.toBytes())).toBe(toHex(first.toBytes()));
        second.appendAll(packed(leaves.slice(before)));
        expect(second.size).toBe(before + after);
        expect(toHex(second.root())).toBe(toHex(naiveRoot(leaves)));
      }),
      { numRuns: 60 },
    );
  });

  it('refuses bytes whose length does not fit their size', () => {
    const frontier = new Frontier();
    frontier.appendAll(packed(someLeaves(5)));
    const bytes = frontier.toBytes();
    const tooLarge = Buffer.from(bytes);
    tooLarge.writeBigUInt64BE(2n ** 60n);
    for (const bad of [bytes.subarray(0, 7), bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.of(0)]), tooLarge]) {
      expect(() => Frontier.fromBytes(bad)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
    }
  });

  it('is read back from stored subtrees, at the last or an earlier size', async () => {
    const leaves = someLeaves(300);
    for (const size of [0, 1, 2, 3, 255, 256, 257, 299, 300]) {
      const source = naiveSource(leaves.slice(0, size));
      const frontier = await Frontier.read(source, size);
      expect(toHex(frontier.root())).toBe(toHex(naiveRoot(leaves.slice(0, size))));
      expect(toHex(await readRoot(source, size))).toBe(toHex(frontier.root()));
    }
  });

  it('tells of each complete subtree once, with its hash', async () => {
    const leaves = someLeaves(77);
    const told = new Map<string, string>();
    const frontier = new Frontier();
    frontier.appendAll(packed(leaves), (level, index, hash) => {
      expect(told.has(`${level}/${index}`)).toBe(false);
      told.set(`${level}/${index}`, toHex(hash));
    });
    const source = naiveSource(leaves);
    let expected = 0;
    for (let level = 0; 2 ** level <= leaves.length; level += 1) {
      for (let index = 0; (index + 1) * 2 ** level <= leaves.length; index += 1) {
        expect(told.get(`${level}/${index}`)).toBe(toHex(await source.node(level, index)));
        expected += 1;
      }
    }
    expect(told.size).toBe(expected);
  });

  it('refuses a hash of another length and stays as it was', () => {
    const frontier = new Frontier();
    frontier.append(EMPTY_ROOT);
    const before = toHex(frontier.toBytes());
    expect(() => frontier.append(Buffer.alloc(31))).toThrow(/32 bytes/);
    expect(() => frontier.appendAll(Buffer.alloc(63))).toThrow(/no multiple/);
    expect(toHex(frontier.toBytes())).toBe(before);
  });

  it('counts beyond 32 bits', async () => {
    const hash = naiveLeaf(Buffer.of(1));
    const size = 2 ** 40 - 1;
    const frontier = await Frontier.read({ node: async () => hash }, size);
    let expected = hash;
    for (let level = 1; level < 40; level += 1) expected = naiveRoot([hash, expected]);
    expect(toHex(frontier.root())).toBe(toHex(expected));
    expect(frontier.append(hash)).toBe(size);
    expect(Frontier.fromBytes(frontier.toBytes()).size).toBe(2 ** 40);
    expect(frontier.toBytes().length).toBe(8 + 32);
    expect(toHex(frontier.root())).toBe(toHex(naiveRoot([hash, expected])));
  });
});
