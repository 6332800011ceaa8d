import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import type { EventLog, StoredRecord } from '@corridor/eventlog';
import { CorridorError, equalBytes } from '@corridor/kernel';
import { HASH_SIZE, leafHash } from '@corridor/merkle';
import { readEnvelope } from '@corridor/runtime';
import type { Run } from '../domain/batch.ts';
import type { Findings } from './findings.ts';
import { continuedAt } from './first-leaf.ts';

/** Records read and hashed between two turns of the event loop: about a millisecond of work, at most so many bytes. */
const MOST_RECORDS = 128;
const MOST_BYTES = 1 << 20;

/** Reads records again and compares them with their leaves, and their headers and keys with their envelopes. */
export class RecordCheck {
  readonly #log: EventLog;
  readonly #continues: string;
  readonly #findings: Findings;
  readonly #signal: AbortSignal;
  /** How many records to read at a time: as many as lately made up `MOST_BYTES`. */
  #atOnce = 1;

  /** @param continues the checkpoint that is the first leaf; empty when a record is */
  constructor(log: EventLog, continues: string, findings: Findings, signal: AbortSignal) {
    this.#log = log;
    this.#continues = continues;
    this.#findings = findings;
    this.#signal = signal;
  }

  /** @param leaves the leaf hashes of the run, one after the other */
  async check(run: Run, leaves: Uint8Array): Promise<void> {
    for (let done = 0; done < run.count; ) {
      this.#signal.throwIfAborted();
      const left = { ...run, from: run.from + done, count: run.count - done };
      done += await this.#some(left, leaves.subarray(done * HASH_SIZE));
      await turnOfTheEventLoop();
    }
  }

  /** Checks the first records of a run. Returns how many of them are dealt with; at least one. */
  async #some(run: Run, leaves: Uint8Array): Promise<number> {
    const { topic, partition, from: offset, count } = run;
    const continued = continuedAt({ topic, partition, offset }, this.#continues);
    if (continued !== undefined) {
      if (!equalBytes(leafHash(continued), leaves.subarray(0, HASH_SIZE))) this.#findings.add('the checkpoint that the log continues does not hash to its first leaf');
      return 1;
    }
    const wanted = Math.min(count, this.#atOnce);
    try {
      const records = await this.#log.read(topic, { partition, offset }, wanted);
      if (records.length === 0) throw new CorridorError('LOG_INCOMPLETE', 'the log ends before it');
      for (const [i, record] of records.entries()) this.#compare(record, leaves.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE));
      this.#adapt(records);
      return records.length;
    } catch (error) {
      return this.#unread(run, CorridorError.from(error), wanted);
    }
  }

  #compare(record: StoredRecord, leaf: Uint8Array): void {
    if (!equalBytes(leafHash(record.envelope), leaf)) {
      this.#findings.add(`${nameOf(record)}: the stored record does not hash to its leaf`);
      return;
    }
    try {
      readEnvelope(record);
    } catch (error) {
      this.#findings.add(`${nameOf(record)}: ${CorridorError.from(error).message}`);
    }
  }

  #adapt(records: readonly StoredRecord[]): void {
    const bytes = records.reduce((sum, { envelope }) => sum + envelope.length, 0);
    const fit = Math.floor((MOST_BYTES * records.length) / Math.max(1, bytes));
    this.#atOnce = Math.min(MOST_RECORDS, Math.max(1, Math.min(fit, 2 * this.#atOnce)));
  }

  async #unread({ topic, partition, from: offset, count }: Run, error: CorridorError, wanted: number): Promise<number> {
    if (error.reason === 'RECORDS_EXPIRED') {
      const begin = (await this.#log.begin(topic))[partition] ?? 0;
      const gone = Math.min(count, Math.max(1, begin - offset));
      const { retention } = this.#log.topics.find(({ name }) => name === topic) ?? {};
      if (retention === 'forever') this.#findings.add(`${nameOf({ topic, partition, offset })}: it and the next ${gone - 1} are gone, but are kept forever`);
      return gone;
    }
    if (error.code !== 'DATA_LOSS' && error.reason !== 'NOT_FOUND') throw error;
    if (wanted > 1) {
      // Which of them it is shows one by one.
      this.#atOnce = 1;
      return 0;
    }
    this.#findings.add(`${nameOf({ topic, partition, offset })}: ${error.message}`);
    return 1;
  }
}

const nameOf = ({ topic, partition, offset }: { readonly topic: string; readonly partition: number; readonly offset: number }): string =>
  `${topic} ${partition}:${offset}`;
