import { randomUUID } from 'node:crypto';
import { utf8 } from '@corridor/kernel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type SharedLog, sharedGroupsContract } from './contract-shared-groups.ts';
import type { Consumer, EventLog, Gap, NewRecord, Offsets, Position, StoredRecord, TopicSpec } from './event-log.ts';
import { MAX_ENVELOPE_BYTES, MAX_HEADER_BYTES } from './event-log.ts';
import { partitionOf } from './partition.ts';

/** A log under test. */
export interface LogFixture {
  readonly log: EventLog;
  /** Closes the log and opens the same data again, with the same topics. */
  reopen(): Promise<EventLog>;
  /** Closes the log and removes its data. */
  dispose(): Promise<void>;
}

/** What another process appended, one record a call, before it was killed, and the log it left behind. */
export interface KilledWriter extends LogFixture {
  readonly acknowledged: readonly (Position & { readonly key: string })[];
}

/** A log whose disk is small: some 2 MB until `free` is called. */
export interface SmallLog extends LogFixture {
  free(): Promise<void>;
}

/** A log whose records can be made to pass their retention. */
export interface ForgetfulLog extends LogFixture {
  /** Everything appended so far passes its retention and is dropped. */
  expireAll(): Promise<void>;
}

/** What an adapter declares so that the contract can be checked on it. A feature left out is not checked, and the report says so. */
export interface EventLogContract {
  readonly name: string;
  /** A log without records. */
  open(topics: readonly TopicSpec[]): Promise<LogFixture>;
  readonly features: {
    /** A log without records on which at most `bytes` may wait to be stored. */
    readonly narrowQueue?: (topics: readonly TopicSpec[], bytes: number) => Promise<LogFixture>;
    readonly smallDisk?: (topics: readonly TopicSpec[]) => Promise<SmallLog>;
    readonly retention?: (topics: readonly TopicSpec[]) => Promise<ForgetfulLog>;
    /** Kills, several times, a process that appends records with keys of its own to the first topic. */
    readonly kill?: (topics: readonly TopicSpec[]) => Promise<KilledWriter>;
    /** A log without records that several processes use at once. */
    readonly shared?: (topics: readonly TopicSpec[]) => Promise<SharedLog>;
  };
}

/** What is not known of a log that lacks a feature, as the report names it. */
const FEATURES = {
  narrowQueue: 'what happens when too much waits to be stored',
  smallDisk: 'what happens when the disk is full',
  retention: 'how records pass their retention',
  kill: 'what a killed process leaves behind',
  shared: 'how replicas share a group',
} as const satisfies Record<keyof EventLogContract['features'], string>;

const DEADLINE = { timeout: 10_000, interval: 5 };

/** The tests of the port: one for each MUST sentence at `EventLog`. Call it in a test file of the adapter. */
export function eventLogContract({ name, open, features }: EventLogContract): void {
  describe(`event log contract: ${name}`, () => {
    const opened: LogFixture[] = [];
    afterEach(async () => {
      for (const fixture of opened.splice(0)) await fixture.dispose();
    });
    async function using<F extends LogFixture>(fixture: Promise<F>): Promise<F> {
      const ready = await fixture;
      opened.push(ready);
      return ready;
    }
    const topicOf = (partitions: number, retention: TopicSpec['retention'] = 'forever'): TopicSpec => ({
      name: `test.${randomUUID()}`,
      partitions,
      retention,
    });
    async function openOne(partitions = 4): Promise<LogFixture & { readonly topic: string }> {
      const topic = topicOf(partitions);
      const fixture = await using(open([topic]));
      return { ...fixture, topic: topic.name };
    }

    const undeclared = Object.entries(FEATURES).filter(([feature]) => !Object.hasOwn(features, feature));
    describe.skipIf(undeclared.length === 0)('features that are not checked on this log', () => {
      it.for(undeclared)('%s: %s', ([feature], { skip }) => {
        expect(features).not.toHaveProperty(feature);
        skip('not declared');
      });
    });

    describe('append', () => {
      it('puts each record into the partition of its key, with dense offsets from 0 in order', async () => {
        const { log, topic } = await openOne();
        const records = Array.from({ length: 40 }, (_, i) => record(`key-${i % 7}`, `${i}`));
        const positions = [...(await log.append(topic, records.slice(0, 25))), ...(await log.append(topic, records.slice(25)))];
        const expected = new Map<number, number>();
        for (const [i, position] of positions.entries()) {
          const partition = partitionOf(`key-${i % 7}`, 4);
          const offset = expected.get(partition) ?? 0;
          expect(position).toEqual({ partition, offset });
          expected.set(partition, offset + 1);
        }
        const stored = await readAll(log, topic);
        expect(stored.filter(({ key }) => key === 'key-3').map(text)).toEqual(['3', '10', '17', '24', '31', '38']);
      });

      it('gives back byte for byte what was appended, from the database and at the end of the log', async () => {
        const { log, topic, reopen } = await openOne(1);
        const every = Uint8Array.from({ length: 256 }, (_, i) => i);
        const records: readonly NewRecord[] = [
          { key: 'owner/série-ü-🌍', envelope: every, headers: { ce_id: 'x', ce_source: 'ünïcode "quoted"\n' } },
          { key: '', envelope: new Uint8Array(), headers: {} },
          { key: 'slice', envelope: every.subarray(10, 20), headers: { 'content-type': 'application/protobuf' } },
          { key: 'large', envelope: new Uint8Array(MAX_ENVELOPE_BYTES).fill(7), headers: {} },
        ];
        const live = collect(log, topic, [0], records.length);
        await log.append(topic, records);
        for (const stored of [await live, await readAll(log, topic), await readAll(await reopen(), topic)]) {
          expect(stored.map(plain)).toEqual(
            records.map(({ key, envelope, headers }, offset) => ({ topic, partition: 0, offset, key, headers, envelope: Buffer.from(envelope) })),
          );
        }
      });

      it('has stored its records durably when it resolves', async () => {
        const { log, topic, reopen } = await openOne();
        const positions = await Promise.all(numbers(20).map((i) => log.append(topic, [record(`k${i}`, `${i}`)])));
        const stored = await readAll(await reopen(), topic);
        expect(stored.map(({ partition, offset }) => `${partition}/${offset}`).sort()).toEqual(
          positions.flat().map(({ partition, offset }) => `${partition}/${offset}`).sort(),
        );
      });

      it('goes on with the next offset after reopening', async () => {
        const { log, topic, reopen } = await openOne(1);
        await log.append(topic, [record('a', '1'), record('a', '2')]);
        const again = await reopen();
        expect(await again.append(topic, [record('a', '3')])).toEqual([{ partition: 0, offset: 2 }]);
      });

      it('keeps the order of calls that do not wait for one another', async () => {
        const { log, topic } = await openOne(1);
        await Promise.all(numbers(300).map((i) => log.append(topic, [record('k', `${i}`)])));
        expect((await readAll(log, topic)).map(text)).toEqual(numbers(300).map(String));
      });

      it('stores every record of 50 concurrent callers exactly once', async () => {
        const { log, topic } = await openOne();
        const callers = numbers(50).map(async (caller) => {
          for (const turn of numbers(5)) {
            const batch = numbers(3).map((i) => record(`k${caller}-${i}`, `${caller}.${turn}.${i}`));
            const positions = await log.append(topic, batch);
            for (const [i, position] of positions.entries()) {
              const [found] = await log.read(topic, position, 1);
              expect(found && text(found)).toBe(`${caller}.${turn}.${i}`);
            }
          }
        });
        await Promise.all(callers);
        const stored = await readAll(log, topic);
        expect(new Set(stored.map(text)).size).toBe(750);
        expect(stored).toHaveLength(750);
      });

      it('refuses a record that is too large and stores nothing of its call, while calls beside it succeed', async () => {
        const { log, topic } = await openOne(1);
        const tooLong = record('a', 'x'.repeat(MAX_ENVELOPE_BYTES + 1));
        const tooManyHeaders = { ...record('a', 'x'), headers: { long: 'x'.repeat(MAX_HEADER_BYTES) } };
        const results = await Promise.allSettled([
          log.append(topic, [record('a', 'before')]),
          log.append(topic, [record('a', 'beside'), tooLong]),
          log.append(topic, [record('a', 'beside'), tooManyHeaders]),
          log.append(topic, [record('a', 'after')]),
        ]);
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
        expect(results[1]).toMatchObject({ reason: { reason: 'VALUE_TOO_LARGE' } });
        expect(results[2]).toMatchObject({ reason: { reason: 'VALUE_TOO_LARGE' } });
        expect((await readAll(log, topic)).map(text)).toEqual(['before', 'after']);
      });

      it('of nothing resolves to no positions', async () => {
        const { log, topic } = await openOne();
        expect(await log.append(topic, [])).toEqual([]);
      });

      it.runIf(features.narrowQueue)('refuses with QUEUE_FULL when too much waits, and stores what waited', async () => {
        const topic = topicOf(1);
        const fixture = await using(features.narrowQueue?.([topic], 200_000) ?? open([topic]));
        const { log } = fixture;
        const results = await Promise.allSettled(numbers(50).map((i) => log.append(topic.name, [record('k', `${i}`.padEnd(10_000))])));
        const refused = results.filter((result) => result.status === 'rejected');
        expect(refused.length).toBeGreaterThan(0);
        for (const { reason } of refused) expect(reason).toMatchObject({ reason: 'QUEUE_FULL' });
        const taken = results.flatMap((result, i) => (result.status === 'fulfilled' ? [`${i}`] : []));
        expect((await readAll(log, topic.name)).map((stored) => text(stored).trim())).toEqual(taken);
        await log.append(topic.name, [record('k', 'afterwards')]);
      });

      it.runIf(features.smallDisk)('refuses with STORAGE_FULL, stores nothing of the call, and goes on when there is space', async () => {
        const topic = topicOf(1);
        const fixture = await using(features.smallDisk?.([topic]) ?? Promise.reject(new Error('no feature')));
        const { log } = fixture;
        const acknowledged: string[] = [];
        let failure: unknown;
        for (let i = 0; failure === undefined && i < 1000; i += 1) {
          try {
            await log.append(topic.name, numbers(3).map((part) => record('k', `${i}.${part}`.padEnd(20_000))));
            acknowledged.push(...numbers(3).map((part) => `${i}.${part}`));
          } catch (error) {
            failure = error;
          }
        }
        expect(failure).toMatchObject({ reason: 'STORAGE_FULL' });
        const stored = async (of: EventLog): Promise<readonly string[]> => (await readAll(of, topic.name)).map((each) => text(each).trim());
        expect(await stored(log)).toEqual(acknowledged);
        expect((await consumed(log, topic.name, 'g', acknowledged.length)).map((each) => text(each).trim())).toEqual(acknowledged);
        expect((await collect(log, topic.name, [0], acknowledged.length)).map((each) => text(each).trim())).toEqual(acknowledged);
        await fixture.free();
        await log.append(topic.name, [record('k', 'afterwards')]);
        expect(await stored(await fixture.reopen())).toEqual([...acknowledged, 'afterwards']);
      });

      it.runIf(features.kill)('has lost nothing it acknowledged when the process is killed', { timeout: 60_000 }, async () => {
        const topic = topicOf(4);
        const { log, acknowledged } = await using(features.kill?.([topic]) ?? Promise.reject(new Error('no feature')));
        expect(acknowledged.length).toBeGreaterThan(20);
        const stored = await readAll(log, topic.name);
        const keys = new Map(stored.map(({ key, partition, offset }) => [`${partition}/${offset}`, key]));
        for (const { key, partition, offset } of acknowledged) expect(keys.get(`${partition}/${offset}`)).toBe(key);
      });
    });

    describe('consume', () => {
      it('delivers each partition in order, in batches of one partition and at most maxBatch', async () => {
        const { log, topic } = await openOne();
        await log.append(topic, numbers(100).map((i) => record(`k${i % 9}`, `${i}`)));
        const batches: (readonly StoredRecord[])[] = [];
        const consumer = log.consume(topic, 'g', async (records) => void batches.push(records), { maxBatch: 7 });
        await vi.waitFor(() => expect(batches.flat()).toHaveLength(100), DEADLINE);
        await log.append(topic, numbers(100).map((i) => record(`k${i % 9}`, `${100 + i}`)));
        await vi.waitFor(() => expect(batches.flat()).toHaveLength(200), DEADLINE);
        await consumer.stop();
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(7);
          expect(new Set(batch.map(({ partition }) => partition)).size).toBe(1);
        }
        expectInOrder(batches.flat());
      });

      it('moves the position of its group only after the handler resolved', async () => {
        const { log, topic } = await openOne(1);
        const gate = Promise.withResolvers<void>();
        const began = Promise.withResolvers<void>();
        const consumer = log.consume(topic, 'g', async () => {
          began.resolve();
          await gate.promise;
        });
        await log.append(topic, [record('a', '1')]);
        await began.promise;
        await log.append(topic, [record('a', '2')]);
        expect(await log.positions(topic, 'g')).toEqual([0]);
        gate.resolve();
        await vi.waitFor(async () => expect(await log.positions(topic, 'g')).toEqual([2]), DEADLINE);
        await consumer.stop();
      });

      it('fails with the error of its handler, and a new consumer goes on from the kept position', async () => {
        const { log, topic } = await openOne(1);
        await log.append(topic, numbers(10).map((i) => record('a', `${i}`)));
        const seen: string[] = [];
        const failing = log.consume(
          topic,
          'g',
          async (records) => {
            if (records.some(({ offset }) => offset === 6)) throw new Error('handler');
            seen.push(...records.map(text));
          },
          { maxBatch: 2 },
        );
        await expect(failing.done).rejects.toThrow('handler');
        expect(seen).toEqual(numbers(6).map(String));
        expect(await log.positions(topic, 'g')).toEqual([6]);
        const again = await consumed(log, topic, 'g', 4);
        expect(again.map(text)).toEqual(['6', '7', '8', '9']);
      });

      it('goes on from the kept position after reopening, and each group has its own', async () => {
        const { log, topic, reopen } = await openOne();
        await log.append(topic, numbers(20).map((i) => record(`k${i}`, `${i}`)));
        await consumed(log, topic, 'g', 20);
        const kept = await log.positions(topic, 'g');
        const again = await reopen();
        expect(await again.positions(topic, 'g')).toEqual(kept);
        expect(kept).toEqual(await again.end(topic));
        await again.append(topic, [record('x', 'new')]);
        expect((await consumed(again, topic, 'g', 1)).map(text)).toEqual(['new']);
        expect(await consumed(again, topic, 'other', 21)).toHaveLength(21);
      });

      it('stops when the batch in hand is finished and its position kept', async () => {
        const { log, topic } = await openOne(1);
        await log.append(topic, numbers(10).map((i) => record('a', `${i}`)));
        const gate = Promise.withResolvers<void>();
        const began = Promise.withResolvers<void>();
        const seen: StoredRecord[] = [];
        const consumer = log.consume(
          topic,
          'g',
          async (records) => {
            began.resolve();
            await gate.promise;
            seen.push(...records);
          },
          { maxBatch: 4 },
        );
        await began.promise;
        const stopped = Promise.all([consumer.stop(), consumer.stop()]);
        gate.resolve();
        await stopped;
        await consumer.done;
        expect(seen.length).toBeGreaterThan(0);
        expect(await log.positions(topic, 'g')).toEqual([seen.length]);
      });

      it('refuses a second consumer of the group on the topic until the first has stopped', async () => {
        const { log, topic } = await openOne();
        const first = log.consume(topic, 'g', async () => undefined);
        const other = log.consume(topic, 'h', async () => undefined);
        await expect(log.consume(topic, 'g', async () => undefined).done).rejects.toMatchObject({ reason: 'STATE_FORBIDS' });
        await first.stop();
        await log.append(topic, [record('a', '1')]);
        expect(await consumed(log, topic, 'g', 1)).toHaveLength(1);
        await other.stop();
      });
    });

    describe('tail', () => {
      it('yields every record once and in order while many append', async () => {
        const { log, topic } = await openOne();
        await log.append(topic, numbers(50).map((i) => record(`k${i % 5}`, `before ${i}`)));
        const tails = [collect(log, topic, [0, 0, 0, 0], 1050), collect(log, topic, [0, 0, 0, 0], 1050, 3)];
        await Promise.all(
          numbers(50).map(async (caller) => {
            for (const turn of numbers(20)) await log.append(topic, [record(`k${caller}`, `${caller}.${turn}`)]);
          }),
        );
        for (const records of await Promise.all(tails)) {
          expectInOrder(records);
          expect(new Set(records.map(text)).size).toBe(1050);
        }
      });

      it('starts at the offsets it is given', async () => {
        const { log, topic } = await openOne(2);
        await log.append(topic, numbers(30).map((i) => record(`k${i}`, `${i}`)));
        const end = await log.end(topic);
        const from = end.map((offset) => offset - 3);
        const records = await collect(log, topic, from, 6);
        for (const partition of [0, 1]) {
          expect(records.filter((each) => each.partition === partition).map(({ offset }) => offset)).toEqual(
            numbers(3).map((i) => (from[partition] ?? 0) + i),
          );
        }
      });

      it('yields at most maxBatch at once, to a slow reader as well', async () => {
        const { log, topic } = await openOne();
        const stop = new AbortController();
        const tail = log.tail(topic, await log.end(topic), { signal: stop.signal, maxBatch: 10 });
        const seen: StoredRecord[] = [];
        for (const round of numbers(3)) await log.append(topic, numbers(500).map((i) => record(`k${i}`, `${round}.${i}`)));
        let late = 0;
        for await (const records of tail) {
          expect(records.length).toBeGreaterThan(0);
          expect(records.length).toBeLessThanOrEqual(10);
          seen.push(...records);
          if (late < 20) await log.append(topic, [record('late', `late ${late++}`)]);
          if (seen.length >= 1520) stop.abort();
        }
        expectInOrder(seen);
        expect(new Set(seen.map(text)).size).toBe(seen.length);
      });

      it('waits at the end and ends without error when its signal aborts', async () => {
        const { log, topic } = await openOne();
        const stop = new AbortController();
        const tail = log.tail(topic, await log.end(topic), { signal: stop.signal })[Symbol.asyncIterator]();
        const waiting = tail.next();
        await log.append(topic, [record('a', '1')]);
        expect((await waiting).value).toHaveLength(1);
        const last = tail.next();
        stop.abort();
        expect(await last).toEqual({ done: true, value: undefined });
        const never = log.tail(topic, await log.begin(topic), { signal: AbortSignal.abort() })[Symbol.asyncIterator]();
        expect((await never.next()).done).toBe(true);
      });

      it('shares its position with nobody', async () => {
        const { log, topic } = await openOne();
        await log.append(topic, numbers(10).map((i) => record(`k${i}`, `${i}`)));
        const consumer = log.consume(topic, 'g', async () => undefined);
        const from = await log.begin(topic);
        const both = await Promise.all([collect(log, topic, from, 10), collect(log, topic, from, 10)]);
        expect(both.map((records) => records.length)).toEqual([10, 10]);
        await consumer.stop();
      });
    });

    describe('begin, end and read', () => {
      it('ends behind every acknowledged record and begins at the lowest readable offset', async () => {
        const { log, topic } = await openOne();
        expect(await log.end(topic)).toEqual([0, 0, 0, 0]);
        await Promise.all(
          numbers(30).map(async (i) => {
            const [position] = await log.append(topic, [record(`k${i}`, `${i}`)]);
            if (position === undefined) throw new Error('no position');
            expect((await log.end(topic))[position.partition]).toBeGreaterThan(position.offset);
          }),
        );
        expect(await log.begin(topic)).toEqual([0, 0, 0, 0]);
        expect((await log.end(topic)).reduce((sum, offset) => sum + offset, 0)).toBe(30);
      });

      it('reads up to the limit, and fewer only at the end', async () => {
        const { log, topic } = await openOne(1);
        await log.append(topic, numbers(8).map((i) => record('a', `${i}`.padEnd(MAX_ENVELOPE_BYTES))));
        expect((await log.read(topic, { partition: 0, offset: 2 }, 5)).map(({ offset }) => offset)).toEqual([2, 3, 4, 5, 6]);
        expect((await log.read(topic, { partition: 0, offset: 5 }, 100)).map(({ offset }) => offset)).toEqual([5, 6, 7]);
        expect(await log.read(topic, { partition: 0, offset: 8 }, 100)).toEqual([]);
      });

      it('refuses to read beyond the end with LOG_INCOMPLETE', async () => {
        const { log, topic } = await openOne(1);
        await log.append(topic, [record('a', '1')]);
        await expect(log.read(topic, { partition: 0, offset: 2 }, 1)).rejects.toMatchObject({ reason: 'LOG_INCOMPLETE' });
        await expect(collect(log, topic, [2], 1)).rejects.toMatchObject({ reason: 'LOG_INCOMPLETE' });
      });
    });

    describe.runIf(features.retention)('retention', () => {
      async function expired(): Promise<ForgetfulLog & { readonly topic: string }> {
        const topic = topicOf(1, 60_000);
        const fixture = await using(features.retention?.([topic]) ?? Promise.reject(new Error('no feature')));
        await fixture.log.append(topic.name, numbers(5).map((i) => record('a', `${i}`)));
        await fixture.expireAll();
        await fixture.log.append(topic.name, [record('a', 'kept')]);
        return { ...fixture, topic: topic.name };
      }

      it('moves the begin and never the offsets', async () => {
        const { log, topic, reopen, expireAll } = await expired();
        expect(await log.begin(topic)).toEqual([5]);
        expect(await log.end(topic)).toEqual([6]);
        await expireAll();
        const again = await reopen();
        expect(await again.begin(topic)).toEqual([6]);
        expect(await again.append(topic, [record('a', 'next')])).toEqual([{ partition: 0, offset: 6 }]);
      });

      it('tells a reader below the begin', async () => {
        const { log, topic } = await expired();
        await expect(log.read(topic, { partition: 0, offset: 4 }, 10)).rejects.toMatchObject({ reason: 'RECORDS_EXPIRED' });
        await expect(collect(log, topic, [0], 1)).rejects.toMatchObject({ reason: 'RECORDS_EXPIRED' });
        await expect(log.consume(topic, 'g', async () => undefined).done).rejects.toMatchObject({ reason: 'RECORDS_EXPIRED' });
        expect((await log.read(topic, { partition: 0, offset: 5 }, 10)).map(text)).toEqual(['kept']);
      });

      it('lets a reader that hears of the gap go on behind it', async () => {
        const { log, topic } = await expired();
        const gaps: Gap[] = [];
        const onGap = async (gap: Gap): Promise<void> => void gaps.push(gap);
        const stop = new AbortController();
        for await (const records of log.tail(topic, [2], { signal: stop.signal, onGap })) {
          expect(records.map(text)).toEqual(['kept']);
          stop.abort();
        }
        const seen: string[] = [];
        const consumer = log.consume(topic, 'g', async (records) => void seen.push(...records.map(text)), { onGap });
        await vi.waitFor(() => expect(seen).toEqual(['kept']), DEADLINE);
        await consumer.stop();
        expect(gaps).toEqual([
          { partition: 0, from: 2, to: 5 },
          { partition: 0, from: 0, to: 5 },
        ]);
        expect(await log.positions(topic, 'g')).toEqual([6]);
      });
    });

    sharedGroupsContract(features.shared);

    describe('refusals', () => {
      const every = (log: EventLog, topic: string): Record<string, () => Promise<unknown>> => ({
        append: () => log.append(topic, [record('a', '1')]),
        'append nothing': () => log.append(topic, []),
        consume: () => log.consume(topic, 'g', async () => undefined).done,
        tail: () => collect(log, topic, [0], 1),
        read: () => log.read(topic, { partition: 0, offset: 0 }, 1),
        begin: () => log.begin(topic),
        end: () => log.end(topic),
        positions: () => log.positions(topic, 'g'),
      });

      it('refuses every operation on an undeclared topic with NOT_FOUND', async () => {
        const { log } = await openOne();
        for (const [operation, call] of Object.entries(every(log, 'test.undeclared'))) {
          await expect(call(), operation).rejects.toMatchObject({ reason: 'NOT_FOUND' });
        }
      });

      it('refuses a partition that the topic does not have with INVALID_ARGUMENT', async () => {
        const { log, topic } = await openOne(2);
        await expect(log.read(topic, { partition: 2, offset: 0 }, 1)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
        await expect(collect(log, topic, [0, 0, 0], 1)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
      });

      it('refuses every operation after close with UNAVAILABLE', async () => {
        const { log, topic } = await openOne(1);
        await log.close();
        await log.close();
        for (const [operation, call] of Object.entries(every(log, topic))) {
          await expect(call(), operation).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
        }
      });

      it('stops consumers and ends tails when it is closed', async () => {
        const { log, topic } = await openOne(1);
        const consumer: Consumer = log.consume(topic, 'g', async () => undefined);
        const tail = collect(log, topic, [0], 1);
        const ended = expect(tail).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
        await log.close();
        await consumer.done;
        await ended;
      });

      it('names the topics it was opened with', async () => {
        const { log, topic } = await openOne(2);
        expect(log.topics).toEqual([{ name: topic, partitions: 2, retention: 'forever' }]);
      });
    });
  });
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const record = (key: string, content: string): NewRecord => ({ key, envelope: utf8(content), headers: { ce_id: content.slice(0, 20) } });
const text = ({ envelope }: StoredRecord): string => Buffer.from(envelope).toString();
const plain = (stored: StoredRecord): StoredRecord => ({ ...stored, envelope: Buffer.from(stored.envelope) });

async function readAll(log: EventLog, topic: string): Promise<readonly StoredRecord[]> {
  const begin = await log.begin(topic);
  return (await Promise.all(begin.map((offset, partition) => log.read(topic, { partition, offset }, 1_000_000)))).flat();
}

/** The first `count` records that a tail yields. */
async function collect(log: EventLog, topic: string, from: Offsets, count: number, maxBatch?: number): Promise<readonly StoredRecord[]> {
  const stop = new AbortController();
  const records: StoredRecord[] = [];
  for await (const batch of log.tail(topic, from, { signal: stop.signal, ...(maxBatch === undefined ? {} : { maxBatch }) })) {
    records.push(...batch);
    if (records.length >= count) stop.abort();
  }
  return records;
}

/** What a group is delivered until it has `count` records. */
async function consumed(log: EventLog, topic: string, group: string, count: number): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  const consumer = log.consume(topic, group, async (batch) => void records.push(...batch));
  await vi.waitFor(() => expect(records.length).toBeGreaterThanOrEqual(count), DEADLINE);
  await consumer.stop();
  return records;
}

function expectInOrder(records: readonly StoredRecord[]): void {
  const next = new Map<number, number>();
  for (const { partition, offset } of records) {
    expect(offset).toBe(next.get(partition) ?? offset);
    next.set(partition, offset + 1);
  }
}
