import type { CollectionSpec, Documents, DocumentStore } from '@corridor/documents';
import { concat, CorridorError, view } from '@corridor/kernel';
import { HASH_SIZE, TILE_WIDTH } from '@corridor/merkle';
import { readChecked, withDigest } from './checked-bytes.ts';
import { ordered } from './batches.ts';

/** A full tile (C2SP tlog-tiles): 256 neighbouring hashes of tree level 8 `level`. It never changes. */
export interface FullTile {
  readonly level: number;
  readonly index: number;
  /** 8,192 bytes. */
  readonly hashes: Uint8Array;
}

/** Bytes of a full tile. */
export const TILE_SIZE = TILE_WIDTH * HASH_SIZE;
const HEADER_SIZE = 9;

/* audit.{generation}.tiles   id: {level, 2 digits}/{index, 16 digits}; body: level (u8), index (u64 big-endian), hashes, digest */
const tilesOf = (generation: number): CollectionSpec<FullTile> => ({
  name: `audit.${generation}.tiles`,
  encode: encodeTile,
  decode: (bytes) => readChecked(bytes, 'tile', decodeTile),
  indexes: {},
});

const tileId = (level: number, index: number): string => `${String(level).padStart(2, '0')}/${ordered(index)}`;

/** The full tiles as stored: a copy of what the batches hold, laid out for proofs. */
export class Tiles {
  readonly #documents: Documents<FullTile>;

  private constructor(documents: Documents<FullTile>) {
    this.#documents = documents;
  }

  /** The tiles of a generation of the log. */
  static async open(store: DocumentStore, generation: number): Promise<Tiles> {
    return new Tiles(await store.collection(tilesOf(generation)));
  }

  /** The hashes of a full tile; undefined when it is not stored. @throws CorridorError DATABASE_DAMAGED. */
  async get(level: number, index: number): Promise<Uint8Array | undefined> {
    const tile = (await this.#documents.get(tileId(level, index)))?.doc;
    if (tile === undefined) return undefined;
    if (tile.level !== level || tile.index !== index) throw new CorridorError('DATABASE_DAMAGED', `tile ${level}/${index} is another's`);
    return tile.hashes;
  }

  /** Stores tiles; what is there already is the same. */
  async put(tiles: readonly FullTile[]): Promise<void> {
    await this.#documents.putAll(tiles.map((tile) => ({ kind: 'put', id: tileId(tile.level, tile.index), doc: tile })));
  }
}

function encodeTile({ level, index, hashes }: FullTile): Uint8Array {
  const header = Buffer.alloc(HEADER_SIZE);
  header.writeUInt8(level);
  header.writeBigUInt64BE(BigInt(index), 1);
  return withDigest(concat(header, hashes));
}

function decodeTile(bytes: Uint8Array): FullTile {
  const header = view(bytes);
  const hashes = bytes.subarray(HEADER_SIZE);
  if (hashes.length !== TILE_SIZE) throw new RangeError('not a full tile');
  return { level: header.readUInt8(), index: Number(header.readBigUInt64BE(1)), hashes };
}
