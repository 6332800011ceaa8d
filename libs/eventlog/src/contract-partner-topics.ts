import { randomBytes } from 'node:crypto';
import { type AgencyId, agencyId, utf8 } from '@corridor/kernel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EventLog, NewRecord, StoredRecord } from './event-log.ts';
import { isPartnerTopic, type PartnerAccess, type PartnerTopics, partnerTopicName } from './partner-topics.ts';

/** A log under test with the topics of partners. */
export interface PartnersFixture {
  readonly log: EventLog;
  readonly partners: PartnerTopics;
  /** Closes the log and opens the same data again. */
  reopen(): Promise<PartnersFixture>;
  /** Everything appended so far passes 7 days and is dropped. */
  expireAll(): Promise<void>;
  /** How a client of a partner connects from outside; absent where the log has no outside. */
  readonly outside?: Outside;
  /** Closes the log and removes its data. */
  dispose(): Promise<void>;
}

/** A client of a partner, outside of the process of the log. */
export interface Outside {
  /** Connects and stays connected. Rejects with the message `refused` when the credential opens no connection. */
  connect(access: PartnerAccess): Promise<OutsideClient>;
}

export interface OutsideClient {
  /** The envelopes of all records of a topic, read without a group; rejects with the message `refused` when it is. */
  read(topic: string): Promise<readonly string[]>;
  /** The envelopes of all records of a topic, read as a member of a group that keeps its position; rejects with the message `refused` when it is. */
  consume(topic: string, group: string): Promise<readonly string[]>;
  /** Appends a record to a topic; rejects with the message `refused` when it is. */
  append(topic: string, content: string): Promise<void>;
  close(): Promise<void>;
}

const DEADLINE = { timeout: 10_000, interval: 5 };
/** Other suites may use the same engine. */
const RUN = randomBytes(6).toString('hex');
const BETA = agencyId(`beta-${RUN}`);
const TOPIC = partnerTopicName(BETA);
const GAMMA = agencyId(`gamma-${RUN}`);
const isOfRun = (agency: AgencyId): boolean => agency.endsWith(RUN);
const never = new AbortController().signal;

/**
 * The tests of the port: one for each MUST sentence at `PartnerTopics`. Call it in a test file of the adapter.
 * @param open opens a log without topics of these agencies
 */
export function partnerTopicsContract(name: string, open: (agencies: readonly AgencyId[]) => Promise<PartnersFixture>): void {
  describe(`partner topics contract: ${name}`, () => {
    let fixture: PartnersFixture | undefined;
    afterEach(async () => {
      await fixture?.dispose();
      fixture = undefined;
    });
    const opened = async (): Promise<PartnersFixture> => (fixture = await open([BETA, GAMMA]));
    const reopened = async (before: PartnersFixture): Promise<PartnersFixture> => (fixture = await before.reopen());

    it('lets every operation of the log work on a topic that was provisioned', async () => {
      const { log, partners } = await opened();
      await expect(log.append(TOPIC, [record('a')])).rejects.toMatchObject({ reason: 'NOT_FOUND' });
      await partners.provision(BETA);
      expect(await log.end(TOPIC)).toEqual([0, 0, 0, 0]);
      const tailed = collect(log, 2);
      const consumed: string[] = [];
      const consumer = log.consume(TOPIC, 'g', async (records) => void consumed.push(...records.map(text)));
      const [at] = await log.append(TOPIC, [record('a'), record('b')]);
      expect((await tailed).map(text).toSorted()).toEqual(['a', 'b']);
      await vi.waitFor(() => expect(consumed.toSorted()).toEqual(['a', 'b']), DEADLINE);
      await consumer.stop();
      expect((await log.positions(TOPIC, 'g')).reduce((sum, next) => sum + next, 0)).toBe(2);
      expect(await log.begin(TOPIC)).toEqual([0, 0, 0, 0]);
      expect((await log.read(TOPIC, at ?? { partition: 0, offset: 0 }, 1)).map(text)).toEqual(['a']);
    });

    it('keeps its records for 7 days', async () => {
      const { log, partners, expireAll } = await opened();
      await partners.provision(BETA);
      await log.append(TOPIC, [record('a')]);
      await expireAll();
      expect(await log.begin(TOPIC)).toEqual(await log.end(TOPIC));
      expect((await log.end(TOPIC)).reduce((sum, next) => sum + next, 0)).toBe(1);
    });

    it('keeps the topic and what is in it over reopening', async () => {
      const before = await opened();
      await before.partners.provision(GAMMA);
      await before.partners.provision(BETA);
      await before.log.append(TOPIC, [record('a')]);
      const { log, partners } = await reopened(before);
      expect(await agenciesIn(partners)).toEqual([BETA, GAMMA]);
      expect((await readAll(log)).map(text)).toEqual(['a']);
      await log.append(TOPIC, [record('a')]);
      expect(await readAll(log)).toHaveLength(2);
    });

    it('changes nothing about a topic that is there', async () => {
      const { log, partners } = await opened();
      await Promise.all([partners.provision(BETA), partners.provision(BETA)]);
      await log.append(TOPIC, [record('a')]);
      await partners.provision(BETA);
      expect((await readAll(log)).map(text)).toEqual(['a']);
      expect(await agenciesIn(partners)).toEqual([BETA]);
    });

    it('refuses what is called on a topic once it is withdrawn, and ends the readers that run', async () => {
      const { log, partners } = await opened();
      await partners.provision(BETA);
      await log.append(TOPIC, [record('a')]);
      const seen: string[] = [];
      const consumer = log.consume(TOPIC, 'g', async (records) => void seen.push(...records.map(text)));
      const tail = collect(log, 2);
      const ended = [consumer.done, tail].map((end) => expect(end).rejects.toMatchObject({ reason: 'NOT_FOUND' }));
      await vi.waitFor(() => expect(seen).toEqual(['a']), DEADLINE);
      const withdrawn = partners.withdraw(BETA);
      await expect(log.append(TOPIC, [record('b')])).rejects.toMatchObject({ reason: 'NOT_FOUND' });
      await expect(log.read(TOPIC, { partition: 0, offset: 0 }, 1)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
      await Promise.all(ended);
      await withdrawn;
      expect(await agenciesIn(partners)).toEqual([]);
    });

    it('begins anew when it is provisioned again: records and positions of groups are gone, others are untouched', async () => {
      const before = await opened();
      await before.partners.provision(BETA);
      await before.partners.provision(GAMMA);
      await before.log.append(partnerTopicName(GAMMA), [record('of gamma')]);
      await before.log.append(TOPIC, Array.from({ length: 5000 }, (_, i) => record(`${i}`)));
      let handled = 0;
      const consumer = before.log.consume(TOPIC, 'g', async (records) => void (handled += records.length));
      await vi.waitFor(() => expect(handled).toBe(5000), DEADLINE);
      await consumer.stop();
      await Promise.all([before.partners.withdraw(BETA), before.partners.provision(BETA)]);
      const expectNew = async ({ log }: PartnersFixture): Promise<void> => {
        expect(await log.begin(TOPIC)).toEqual([0, 0, 0, 0]);
        expect(await log.end(TOPIC)).toEqual([0, 0, 0, 0]);
        expect(await log.positions(TOPIC, 'g')).toEqual([0, 0, 0, 0]);
        expect((await readAll(log, partnerTopicName(GAMMA))).map(text)).toEqual(['of gamma']);
      };
      await expectNew(before);
      expect(await before.log.append(TOPIC, [record('a')])).toMatchObject([{ offset: 0 }]);
      await Promise.all([before.partners.withdraw(BETA), before.partners.provision(BETA)]);
      await expectNew(await reopened(before));
    });

    it('keeps no position of a reader that was still handling what it had when the topic went', async () => {
      const { log, partners } = await opened();
      await partners.provision(BETA);
      await log.append(TOPIC, [record('a')]);
      const handling = Promise.withResolvers<void>();
      const gone = Promise.withResolvers<void>();
      const consumer = log.consume(TOPIC, 'g', () => {
        handling.resolve();
        return gone.promise;
      });
      const ended = expect(consumer.done).rejects.toMatchObject({ reason: 'NOT_FOUND' });
      await handling.promise;
      await partners.withdraw(BETA);
      await partners.provision(BETA);
      gone.resolve();
      await ended;
      expect(await log.positions(TOPIC, 'g')).toEqual([0, 0, 0, 0]);
    });

    it('resolves the withdrawal of a topic that is not there', async () => {
      const { partners } = await opened();
      await partners.withdraw(BETA);
      expect(await agenciesIn(partners)).toEqual([]);
    });

    it('tells who waits once the topic is there, and at once when it is there already', async () => {
      const { partners } = await opened();
      let told = false;
      const waiting = partners.provisioned(BETA, never).then(() => (told = true));
      await partners.provision(GAMMA);
      expect(told).toBe(false);
      await partners.provision(BETA);
      await waiting;
      await partners.provisioned(BETA, never);
    });

    it('gives up waiting with the reason of the signal', async () => {
      const { partners } = await opened();
      const stop = new AbortController();
      const waiting = partners.provisioned(BETA, stop.signal);
      stop.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
      await expect(partners.provisioned(BETA, stop.signal)).rejects.toThrow('enough');
    });

    it('is no part of the topics that the log was opened with', async () => {
      const { log, partners } = await opened();
      await partners.provision(BETA);
      expect(log.topics.filter(({ name }) => isPartnerTopic(name))).toEqual([]);
    });

    it('issues no access to a topic that is not there', async () => {
      const { partners } = await opened();
      await expect(partners.issueAccess(BETA)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
      await partners.provision(BETA);
      await partners.withdraw(BETA);
      await expect(partners.issueAccess(BETA)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    });

    it('issues access exactly where the log has an outside', async () => {
      const { log, partners, outside } = await opened();
      await partners.provision(BETA);
      await log.append(TOPIC, [record('a'), record('b')]);
      const access = await partners.issueAccess(BETA);
      expect(access !== undefined).toBe(outside !== undefined);
      if (access === undefined || outside === undefined) return;
      expect(access.topic).toBe(TOPIC);
      const client = await outside.connect(access);
      expect((await client.read(TOPIC)).toSorted()).toEqual(['a', 'b']);
      expect((await client.consume(TOPIC, `${access.groupPrefix}reports`)).toSorted()).toEqual(['a', 'b']);
      await client.close();
    });

    it('lets nobody outside do anything but read its own topic', async () => {
      const { log, partners, outside } = await opened();
      await partners.provision(BETA);
      await partners.provision(GAMMA);
      await log.append(partnerTopicName(GAMMA), [record('of gamma')]);
      const [access, other] = [await partners.issueAccess(BETA), await partners.issueAccess(GAMMA)];
      if (access === undefined || other === undefined || outside === undefined) return;
      const client = await outside.connect(access);
      const declared = log.topics[0]?.name ?? '';
      for (const topic of [partnerTopicName(GAMMA), declared]) await expect(client.read(topic)).rejects.toThrow('refused');
      await expect(client.consume(TOPIC, `${other.groupPrefix}reports`)).rejects.toThrow('refused');
      await expect(client.consume(TOPIC, 'reports')).rejects.toThrow('refused');
      for (const topic of [TOPIC, partnerTopicName(GAMMA), declared]) await expect(client.append(topic, 'forged')).rejects.toThrow('refused');
      expect(await client.read(TOPIC)).toEqual([]);
      await client.close();
    });

    it('replaces the credential with each that is issued, and touches none when it provisions', async () => {
      const { partners, outside } = await opened();
      await partners.provision(BETA);
      const first = await partners.issueAccess(BETA);
      await partners.provision(BETA);
      if (first === undefined || outside === undefined) return;
      await (await outside.connect(first)).close();
      const second = await partners.issueAccess(BETA);
      expect(second?.password).not.toBe(first.password);
      await expect(outside.connect(first)).rejects.toThrow('refused');
      await (await outside.connect(second ?? expect.fail('no access'))).close();
    });

    it('bars an agency at once, also where it is connected, until it is provisioned and given a new credential', async () => {
      const before = await opened();
      await before.partners.provision(BETA);
      await before.log.append(TOPIC, [record('a')]);
      const access = await before.partners.issueAccess(BETA);
      const client = access === undefined ? undefined : await before.outside?.connect(access);
      if (client !== undefined) expect(await client.read(TOPIC)).toEqual(['a']);
      await before.partners.bar(BETA);
      if (client !== undefined) await expect(client.read(TOPIC)).rejects.toThrow('refused');
      await client?.close();
      await before.partners.bar(BETA);
      await before.log.append(TOPIC, [record('b')]);
      const { log, partners, outside } = await reopened(before);
      expect((await readAll(log)).map(text).toSorted()).toEqual(['a', 'b']);
      expect(await agenciesIn(partners)).toEqual([BETA]);
      if (access === undefined || outside === undefined) return;
      await expect(outside.connect(access)).rejects.toThrow('refused');
      await expect(partners.issueAccess(BETA)).rejects.toMatchObject({ reason: 'STATE_FORBIDS' });
      await partners.provision(BETA);
      await expect(outside.connect(access)).rejects.toThrow('refused');
      const again = await outside.connect((await partners.issueAccess(BETA)) ?? expect.fail('no access'));
      expect((await again.read(TOPIC)).toSorted()).toEqual(['a', 'b']);
      await again.close();
    });

    it('resolves the barring of an agency whose topic is not there', async () => {
      const { partners } = await opened();
      await partners.bar(BETA);
      expect(await agenciesIn(partners)).toEqual([]);
    });

    it('withdraws the access and the positions of groups outside with the topic', async () => {
      const { log, partners, outside } = await opened();
      await partners.provision(BETA);
      await log.append(TOPIC, [record('a')]);
      const access = await partners.issueAccess(BETA);
      if (access !== undefined && outside !== undefined) {
        const client = await outside.connect(access);
        expect(await client.consume(TOPIC, `${access.groupPrefix}reports`)).toEqual(['a']);
        await client.close();
      }
      await partners.withdraw(BETA);
      await partners.provision(BETA);
      if (access === undefined || outside === undefined) return;
      await expect(outside.connect(access)).rejects.toThrow('refused');
      await log.append(TOPIC, [record('b')]);
      const again = (await partners.issueAccess(BETA)) ?? expect.fail('no access');
      const client = await outside.connect(again);
      expect(await client.consume(TOPIC, `${again.groupPrefix}reports`)).toEqual(['b']);
      await client.close();
    });

    it('refuses every operation after close with UNAVAILABLE', async () => {
      const { log, partners } = await opened();
      const waiting = expect(partners.provisioned(BETA, never)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
      await log.close();
      await waiting;
      const calls = [
        partners.provision(BETA),
        partners.issueAccess(BETA),
        partners.bar(BETA),
        partners.withdraw(BETA),
        partners.provisioned(BETA, never),
        partners.agencies(),
      ];
      for (const call of calls) await expect(call).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    });
  });
}

const agenciesIn = async (partners: PartnerTopics): Promise<readonly AgencyId[]> => (await partners.agencies()).filter(isOfRun);
const record = (content: string): NewRecord => ({ key: content, envelope: utf8(content), headers: { ce_id: content } });
const text = ({ envelope }: StoredRecord): string => Buffer.from(envelope).toString();

async function readAll(log: EventLog, topic = TOPIC): Promise<readonly StoredRecord[]> {
  const begin = await log.begin(topic);
  return (await Promise.all(begin.map((offset, partition) => log.read(topic, { partition, offset }, 1_000_000)))).flat();
}

/** The first `count` records that a tail of the topic yields. */
async function collect(log: EventLog, count: number): Promise<readonly StoredRecord[]> {
  const stop = new AbortController();
  const records: StoredRecord[] = [];
  for await (const batch of log.tail(TOPIC, [0, 0, 0, 0], { signal: stop.signal })) {
    records.push(...batch);
    if (records.length >= count) stop.abort();
  }
  return records;
}
