import { randomUUID } from 'node:crypto';
import { agencyId, utf8 } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewRecord } from '../event-log.ts';
import { type PartnerAccess, partnerTopicName } from '../partner-topics.ts';
import { kafkaBrokers, KafkaFixture } from './engines.testing.ts';
import type { KafkaEventLog } from './kafka-event-log.ts';
import { connectOutside, type PartnerClient } from './outside.testing.ts';

/** Where clients that have to prove who they are reach the broker. */
const PARTNERS = [process.env['CORRIDOR_TEST_KAFKA_SASL'] ?? ''].filter((broker) => broker !== '');
const [BROKER] = PARTNERS.length === 0 ? [] : kafkaBrokers;

const DEADLINE = { timeout: 10_000, interval: 20 };
const never = new AbortController().signal;
const record = (content: string): NewRecord => ({
  key: 'alpha/arrivals',
  envelope: utf8(content),
  headers: { ce_id: randomUUID(), ce_type: 'corridor.hub.v1.Delivery', ce_source: '/hub', ce_time: '2026-11-21T12:00:00.000Z', 'content-type': 'application/protobuf' },
});

describe.runIf(BROKER !== undefined)('the own topic of a partner on Kafka', () => {
  // Other suites use the same broker.
  const [beta, gamma] = [agencyId(`beta-${randomUUID()}`), agencyId(`gamma-${randomUUID()}`)];
  let declared = '';
  let fixture: KafkaFixture;
  let log: KafkaEventLog;
  const clients: PartnerClient[] = [];

  beforeEach(async () => {
    declared = `corridor.updates.${randomUUID()}`;
    fixture = await KafkaFixture.open(BROKER ?? '', [{ name: declared, partitions: 2, retention: 'forever' }], { partners: { brokers: PARTNERS } });
    log = fixture.log;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    for (const agency of [beta, gamma]) await log.partnerTopics.withdraw(agency);
    await fixture.dispose();
  });

  const accessOf = async (agency: typeof beta, of = log): Promise<PartnerAccess> => (await of.partnerTopics.issueAccess(agency)) ?? expect.fail('no access');
  const connect = async (access: PartnerAccess): Promise<PartnerClient> => {
    const client = await connectOutside(access);
    clients.push(client);
    return client;
  };
  const refused = (act: Promise<unknown>): Promise<void> => expect(act).rejects.toThrow('refused');

  it('reads as CloudEvents in binary mode, each partner its own and neither the other’s', async () => {
    await Promise.all([log.partnerTopics.provision(beta), log.partnerTopics.provision(gamma)]);
    const [ofBeta, ofGamma] = [record('for beta'), record('for gamma')];
    await log.append(partnerTopicName(beta), [ofBeta]);
    await log.append(partnerTopicName(gamma), [ofGamma]);
    for (const [agency, other, sent] of [
      [beta, gamma, ofBeta],
      [gamma, beta, ofGamma],
    ] as const) {
      const access = await accessOf(agency);
      const client = await connect(access);
      expect(await client.records(access.topic)).toEqual([{ key: sent.key, value: Buffer.from(sent.envelope), headers: sent.headers }]);
      await refused(client.read(partnerTopicName(other)));
      await refused(client.read(declared));
      await refused(client.consume(access.topic, `partner.${other}.reports`));
      await refused(client.consume(partnerTopicName(other), `${access.groupPrefix}reports`));
      await refused(client.append(access.topic, 'forged'));
    }
  });

  it('neither lists nor changes anything else: other topics are not seen, rights and credentials not asked for', async () => {
    await Promise.all([log.partnerTopics.provision(beta), log.partnerTopics.provision(gamma)]);
    const client = await connect(await accessOf(beta));
    expect(await client.topics()).toEqual([partnerTopicName(beta)]);
    await refused(client.createTopic(`corridor.out.${randomUUID()}`));
    await refused(client.deleteTopic(partnerTopicName(beta)));
    await refused(client.listRights());
  });

  it('is read no more once its agency is barred by any replica, whose credential then never works again', async () => {
    const other = await fixture.another();
    await log.partnerTopics.provision(beta);
    await log.append(partnerTopicName(beta), [record('a')]);
    const access = await accessOf(beta);
    const client = await connect(access);
    expect(await client.read(access.topic)).toEqual(['a']);
    await other.partnerTopics.bar(beta);
    await refused(client.read(access.topic));
    await refused(connect(access));
    await expect(log.partnerTopics.issueAccess(beta)).rejects.toMatchObject({ reason: 'STATE_FORBIDS' });
    await log.partnerTopics.provision(beta);
    await refused(connect(access));
    expect(await (await connect(await accessOf(beta, other))).read(access.topic)).toEqual(['a']);
  });

  it('gives out no credential that outlives a barring at the same time', async () => {
    const other = await fixture.another();
    for (let round = 0; round < 5; round += 1) {
      await log.partnerTopics.provision(beta);
      const [issued] = await Promise.allSettled([log.partnerTopics.issueAccess(beta), other.partnerTopics.bar(beta)]);
      await log.partnerTopics.provision(beta);
      if (issued.status === 'rejected') expect(issued.reason).toMatchObject({ reason: 'STATE_FORBIDS' });
      else await refused(connect(issued.value ?? expect.fail('no access')));
    }
  });

  it('is used by a replica that did not provision it, and ends there when another withdraws it', async () => {
    const other = await fixture.another();
    const topic = partnerTopicName(beta);
    const waiting = other.partnerTopics.provisioned(beta, never);
    await log.partnerTopics.provision(beta);
    await waiting;
    const third = await fixture.another();
    await log.append(topic, [record('a')]);
    expect((await third.read(topic, (await other.append(topic, [record('b')]))[0] ?? expect.fail('no position'), 1)).map(({ envelope }) => Buffer.from(envelope).toString())).toEqual(['b']);
    let seen = 0;
    const consumer = third.consume(topic, 'g', async (records) => void (seen += records.length));
    const ended = expect(consumer.done).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await vi.waitFor(() => expect(seen).toBe(2), DEADLINE);
    await log.partnerTopics.withdraw(beta);
    await ended;
    await expect(third.end(topic)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    expect(await third.partnerTopics.agencies()).not.toContain(beta);
  });

  it('is looked up when it is consumed where nobody knew of it', async () => {
    const other = await fixture.another();
    await log.partnerTopics.provision(beta);
    const handled: number[] = [];
    const consumer = other.consume(partnerTopicName(beta), 'g', async (records) => void handled.push(records.length));
    await log.append(partnerTopicName(beta), [record('a')]);
    await vi.waitFor(() => expect(handled).toEqual([1]), DEADLINE);
    await consumer.stop();
    const none = other.consume(partnerTopicName(gamma), 'g', async () => undefined);
    await expect(none.done).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await none.stop();
  });
});

describe.runIf(BROKER === undefined)('the own topic of a partner on Kafka', () => {
  it.skipIf(process.env['CORRIDOR_REQUIRE_ENGINES'] !== '1')('has a broker that partners reach: CORRIDOR_TEST_KAFKA and CORRIDOR_TEST_KAFKA_SASL name it', () => {
    expect(BROKER).toBeDefined();
  });
});
