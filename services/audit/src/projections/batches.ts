import type { CollectionSpec, Documents, DocumentStore } from '@corridor/documents';
import { concat, CorridorError, fromUtf8, utf8, view } from '@corridor/kernel';
import { HASH_SIZE } from '@corridor/merkle';
import { leafAt, through, type Batch, type Place, type Run, type Sequenced } from '../domain/batch.ts';
import { readChecked, withDigest } from './checked-bytes.ts';
import { countIn, listIn, recordIn, textIn } from './stored-json.ts';

/*
 * audit.{generation}.batches
 * id:             index of the first leaf, 16 digits, so that byte order is number order
 * body:           header (u32 big-endian length, JSON of first, runs and ends), leaf hashes, digest
 * index first:    the id
 * index position: for each run {topic}/{partition}/{offset of its first record, 16 digits}
 */
const LENGTH_SIZE = 4;
const DIGITS = 16;

/** A number as text whose byte order is the order of numbers. */
export const ordered = (n: number): string => String(n).padStart(DIGITS, '0');
const positionKey = ({ topic, partition, offset }: Place): string => `${topic}/${partition}/${ordered(offset)}`;

const batchesOf = (generation: number): CollectionSpec<Batch> => ({
  name: `audit.${generation}.batches`,
  encode: encodeBatch,
  decode: (bytes) => readChecked(bytes, 'batch', decodeBatch),
  indexes: {
    first: ({ first }) => [ordered(first)],
    position: ({ runs }) => runs.map((run) => positionKey({ ...run, offset: run.from })),
  },
});

/**
 * The one order of all leaves. A batch is created once under the index of its first leaf and never changed: of two
 * sequencers, or of a sequencer and its own earlier life, one decides what stands there.
 */
export class Batches {
  readonly #documents: Documents<Batch>;

  private constructor(documents: Documents<Batch>) {
    this.#documents = documents;
  }

  /** The batches of a generation of the log. */
  static async open(store: DocumentStore, generation: number): Promise<Batches> {
    return new Batches(await store.collection(batchesOf(generation)));
  }

  /** Stores the batch unless another stands at its place. Returns whether it is the one that stands there now. */
  async create(batch: Batch): Promise<boolean> {
    try {
      await this.#documents.create(ordered(batch.first), batch);
      return true;
    } catch (error) {
      if (CorridorError.from(error).reason === 'ALREADY_EXISTS') return false;
      throw error;
    }
  }

  /** The batch whose first leaf has this index. @throws CorridorError DATABASE_DAMAGED. */
  async at(first: number): Promise<Batch | undefined> {
    const batch = (await this.#documents.get(ordered(first)))?.doc;
    if (batch !== undefined && batch.first !== first) throw damaged(first);
    return batch;
  }

  /** What the last batch has sequenced; undefined when there is none. */
  async last(): Promise<Sequenced | undefined> {
    const batch = await this.#lastBefore('first', '', undefined);
    return batch === undefined ? undefined : through(batch);
  }

  /** The index of the leaf of a record; undefined while it has none. */
  async locate(place: Place): Promise<number | undefined> {
    const from = positionKey({ ...place, offset: 0 });
    const batch = await this.#lastBefore('position', from, positionKey({ ...place, offset: place.offset + 1 }));
    return batch === undefined ? undefined : leafAt(batch, place);
  }

  /** The hashes of the leaves [begin, end), one after the other. @throws CorridorError DATABASE_DAMAGED when some are missing. */
  async leaves(begin: number, end: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let batch = begin < end ? await this.#lastBefore('first', '', ordered(begin + 1)) : undefined;
    for (let at = begin; at < end; ) {
      if (batch === undefined || at >= through(batch).size) throw damaged(at);
      const part = batch.leaves.subarray((at - batch.first) * HASH_SIZE, (end - batch.first) * HASH_SIZE);
      parts.push(part);
      at += part.length / HASH_SIZE;
      if (at < end) batch = await this.at(at);
    }
    return concat(...parts);
  }

  async #lastBefore(index: string, from: string, to: string | undefined): Promise<Batch | undefined> {
    const range = to === undefined ? { from } : { from, to };
    const { items } = await this.#documents.page(index, range, undefined, 1, 'descending');
    return items[0]?.doc;
  }
}

function encodeBatch({ first, runs, ends, leaves }: Batch): Uint8Array {
  const rows = runs.map(({ topic, partition, from, count }) => [topic, partition, from, count]);
  const header = utf8(JSON.stringify({ first, runs: rows, ends: Object.fromEntries(ends) }));
  const length = Buffer.alloc(LENGTH_SIZE);
  length.writeUInt32BE(header.length);
  return withDigest(concat(length, header, leaves));
}

function decodeBatch(bytes: Uint8Array): Batch {
  const behind = LENGTH_SIZE + view(bytes).readUInt32BE();
  const header = recordIn(JSON.parse(fromUtf8(bytes.subarray(LENGTH_SIZE, behind))));
  const ends = Array.from(recordIn(header.get('ends')), ([topic, offsets]) => [topic, listIn(offsets).map(countIn)] as const);
  return {
    first: countIn(header.get('first')),
    runs: listIn(header.get('runs')).map(runIn),
    leaves: bytes.subarray(behind),
    ends: new Map(ends),
  };
}

function runIn(value: unknown): Run {
  const [topic, partition, from, count] = listIn(value);
  return { topic: textIn(topic), partition: countIn(partition), from: countIn(from), count: countIn(count) };
}

const damaged = (leaf: number): CorridorError => new CorridorError('DATABASE_DAMAGED', `the batch of leaf ${leaf} is missing or another's`);
