import { randomUUID } from 'node:crypto';
import { agencyId, utf8 } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Position, StoredRecord } from '../event-log.ts';
import { partnerTopicName } from '../partner-topics.ts';
import { kafkaBrokers, KafkaFixture } from './engines.testing.ts';
import type { KafkaEventLog } from './kafka-event-log.ts';

const [BROKER] = kafkaBrokers;
const DEADLINE = { timeout: 20_000, interval: 20 };
const recordOf = (content: string) => ({ key: 'one key', envelope: utf8(content), headers: {} });
const contentOf = ({ envelope }: StoredRecord): string => Buffer.from(envelope).toString();

describe.runIf(BROKER !== undefined)('a topic of a partner that another process provisions and withdraws', () => {
  // Other suites use the same broker.
  const beta = agencyId(`beta-${randomUUID()}`);
  const topic = partnerTopicName(beta);
  let fixture: KafkaFixture;
  let here: KafkaEventLog;
  let elsewhere: KafkaEventLog;

  beforeEach(async () => {
    fixture = await KafkaFixture.open(BROKER ?? '', [{ name: `declared-${randomUUID()}`, partitions: 1, retention: 'forever' }]);
    here = fixture.log;
    elsewhere = await fixture.another();
  });
  afterEach(async () => {
    await here.partnerTopics.withdraw(beta);
    await fixture.dispose();
  });

  it('ends for its readers there before it can begin anew, and with it their positions', async () => {
    await here.partnerTopics.provision(beta);
    await here.append(topic, [recordOf('old 1'), recordOf('old 2')]);
    const read: string[] = [];
    const take = async (records: readonly StoredRecord[]): Promise<void> => void read.push(...records.map(contentOf));
    const consumer = elsewhere.consume(topic, 'readers', take);
    const tailed: string[] = [];
    const tail = (async () => {
      for await (const records of elsewhere.tail(topic, [0, 0, 0, 0], { signal: new AbortController().signal })) tailed.push(...records.map(contentOf));
    })();
    const ends = Promise.allSettled([consumer.done, tail]);
    await vi.waitFor(() => expect([read.length, tailed.length]).toEqual([2, 2]), DEADLINE);
    await here.partnerTopics.withdraw(beta);
    await here.partnerTopics.provision(beta);
    await here.append(topic, ['new 1', 'new 2', 'new 3'].map(recordOf));
    expect(await ends).toMatchObject([{ reason: { reason: 'NOT_FOUND' } }, { reason: { reason: 'NOT_FOUND' } }]);
    expect(await here.positions(topic, 'readers')).toEqual([0, 0, 0, 0]);
    const again = elsewhere.consume(topic, 'readers', take);
    await vi.waitFor(() => expect(read).toEqual(['old 1', 'old 2', 'new 1', 'new 2', 'new 3']), DEADLINE);
    await again.stop();
    expect(tailed).toEqual(['old 1', 'old 2']);
  });

  it('takes what is appended there at once in the order of the calls', async () => {
    await here.partnerTopics.provision(beta);
    const appended: Promise<readonly Position[]>[] = [];
    for (let i = 0; i < 50; i += 1) {
      appended.push(elsewhere.append(topic, [recordOf(`${i}`)]));
      if (i % 5 === 0) await new Promise(setImmediate);
    }
    const offsets = (await Promise.all(appended)).flatMap((positions) => positions.map(({ offset }) => offset));
    expect(offsets).toEqual(Array.from({ length: 50 }, (_, offset) => offset));
  });
});
