import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyConsistency, verifyInclusion } from './verify.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
const DATA = resolve(REPOSITORY, process.env['CORRIDOR_DATA_DIR'] ?? '../shared/data');

/** The vectors of transparency-dev/merkle: numbers, base64 hashes (`null` is an empty proof) and whether to refuse. */
function readVector(file: string) {
  const fields: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof fields !== 'object' || fields === null) throw new TypeError(`${file} holds no vector`);
  const values = new Map<string, unknown>(Object.entries(fields));
  const bytes = (value: unknown): Uint8Array =>
    typeof value === 'string' ? Buffer.from(value, 'base64') : expect.fail(`${file}: not a hash: ${String(value)}`);
  const proof = values.get('proof') ?? [];
  if (!Array.isArray(proof)) throw new TypeError(`${file}: proof is no list`);
  const refused = values.get('wantErr');
  if (typeof refused !== 'boolean') throw new TypeError(`${file}: wantErr is missing`);
  return {
    refused,
    path: proof.map(bytes),
    hash: (name: string) => bytes(values.get(name)),
    number: (name: string): number => {
      const value = values.get(name);
      return typeof value === 'number' ? value : expect.fail(`${file}: ${name} is no number`);
    },
  };
}

const vectors = (kind: string): readonly string[] => globSync(`merkle/${kind}/**/*.json`, { cwd: DATA }).sort();
const [inclusion, consistency] = [vectors('inclusion'), vectors('consistency')];

describe('the published RFC 6962 vectors', () => {
  it('are all there', () => {
    const count = inclusion.length + consistency.length;
    expect(count, `vectors under ${DATA}/merkle; set CORRIDOR_DATA_DIR to the folder that holds merkle/`).toBeGreaterThan(90);
    expect(Math.min(inclusion.length, consistency.length)).toBeGreaterThan(40);
  });

  it.each(inclusion)('%s', (file) => {
    const { refused, path, hash, number } = readVector(join(DATA, file));
    const claim = { leafHash: hash('leafHash'), index: number('leafIdx'), size: number('treeSize'), root: hash('root'), path };
    expect(verifyInclusion(claim)).toBe(!refused);
  });

  it.each(consistency)('%s', (file) => {
    const { refused, path, hash, number } = readVector(join(DATA, file));
    const claim = { size1: number('size1'), root1: hash('root1'), size2: number('size2'), root2: hash('root2'), path };
    expect(verifyConsistency(claim)).toBe(!refused);
  });
});
