import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { Delivery } from '@corridor/contracts/hub/v1/hub';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { isPartnerTopic, partnerTopicName, type EventLog, type PartnerAccess } from '@corridor/eventlog';
import { openKafkaEventLog, type KafkaEventLog } from '@corridor/eventlog/kafka';
import { connectOutside, type Found, type PartnerClient } from '@corridor/eventlog/kafka/outside';
import { agencyId, type AgencyId } from '@corridor/kernel';
import { CONFIRMATION_MS, readEnvelope } from '@corridor/runtime';
import { agency, movement, openHub, person, request, sharing, temporaryFolder, type TestHub } from './hub.testing.ts';

const [BROKER = '', PARTNERS = ''] = [process.env['CORRIDOR_TEST_KAFKA'], process.env['CORRIDOR_TEST_KAFKA_SASL']];
const ARE_THERE = BROKER !== '' && PARTNERS !== '';
const DEADLINE = { timeout: 10_000, interval: 20 };

const anAgency = (name: string): AgencyId => agencyId(`${name}-${randomBytes(6).toString('hex')}`);

/** The log of the hub, with the topics of partners on Kafka. */
const withPartnersOn =
  (kafka: EventLog) =>
  (log: EventLog): EventLog => {
    const of = (topic: string): EventLog => (isPartnerTopic(topic) ? kafka : log);
    return {
      topics: log.topics,
      append: (topic, records) => of(topic).append(topic, records),
      consume: (topic, ...rest) => of(topic).consume(topic, ...rest),
      tail: (topic, ...rest) => of(topic).tail(topic, ...rest),
      read: (topic, ...rest) => of(topic).read(topic, ...rest),
      begin: (topic) => of(topic).begin(topic),
      end: (topic) => of(topic).end(topic),
      positions: (topic, group) => of(topic).positions(topic, group),
      close: () => log.close(),
    };
  };

describe.runIf(ARE_THERE)("an agency's own topic on Kafka", () => {
  // Other suites use the same broker.
  const [beta, gamma] = [anAgency('beta'), anAgency('gamma')];
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let kafka: KafkaEventLog;
  let hub: TestHub;
  const clients: PartnerClient[] = [];

  beforeEach(async () => {
    folder = await temporaryFolder();
    kafka = await openKafkaEventLog({
      connection: { brokers: [BROKER], clientId: `test-${randomUUID()}` },
      topics: [{ name: 'corridor-hub-test', partitions: 1, retention: 'forever' }],
      partners: { brokers: [PARTNERS] },
    });
    hub = await openHub(folder.path, { log: withPartnersOn(kafka), partnerTopics: () => kafka.partnerTopics });
    await hub.know(...sharing('alpha', [beta, gamma]));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await hub.close();
    for (const of of [beta, gamma]) await kafka.partnerTopics.withdraw(of);
    await kafka.close();
    await folder.remove();
  });

  const openTopic = (of: AgencyId, series: readonly string[]): Promise<unknown> =>
    hub.call('openPartnerTopic', { parent: `agencies/${of}`, purpose: Purpose.PURPOSE_PLANNING, filter: { owners: [], series, categories: [], areas: [] } }, person(of));
  async function credentialOf(of: AgencyId): Promise<PartnerAccess> {
    const { credential } = await hub.call('issuePartnerTopicCredential', { name: `agencies/${of}/partnerTopic` }, person(of));
    if (credential === undefined) return expect.fail('no credential');
    return { ...credential, mechanism: credential.mechanism === 'SCRAM-SHA-256' ? credential.mechanism : expect.fail(credential.mechanism) };
  }
  async function connect(access: PartnerAccess): Promise<PartnerClient> {
    const client = await connectOutside(access);
    clients.push(client);
    return client;
  }
  async function publish(series: string): Promise<string> {
    const update = movement();
    const [receipt] = await hub.publish(request('alpha', [update], { series }));
    expect(receipt?.reason).toBe('');
    return update.updateId;
  }
  /** The updates that a client finds in the topic of its agency, once there are so many records. */
  async function received(client: PartnerClient, of: AgencyId, count: number): Promise<readonly string[]> {
    const topic = partnerTopicName(of);
    const records = await vi.waitFor(async () => {
      const found = await client.records(topic);
      expect(found).toHaveLength(count);
      return found;
    }, DEADLINE);
    return records.flatMap(updatesIn);
  }
  function updatesIn({ key, value, headers }: Found): readonly string[] {
    expect(headers).toMatchObject({ ce_type: 'corridor.hub.v1.Delivery', ce_source: '/hub', ce_id: expect.any(String), ce_time: expect.any(String) });
    const { body } = readEnvelope({ key, envelope: value, headers });
    const { batch } = Delivery.decode(body.$case === 'payload' ? body.value : expect.fail('it is sealed'));
    return ViewBatch.decode(batch).updates.map(({ name }) => name.split('/').at(-1) ?? '');
  }

  it('is read by any Kafka client of its agency, in its view, and by nobody else', async () => {
    await openTopic(beta, ['agencies/alpha/series/north']);
    await openTopic(gamma, ['agencies/alpha/series/south']);
    const [north, south] = [await publish('north'), await publish('south')];
    const [ofBeta, ofGamma] = [await connect(await credentialOf(beta)), await connect(await credentialOf(gamma))];
    expect(await received(ofBeta, beta, 1)).toEqual([north]);
    expect(await received(ofGamma, gamma, 1)).toEqual([south]);
    await expect(ofBeta.read(partnerTopicName(gamma))).rejects.toThrow('refused');
    await expect(ofGamma.read(partnerTopicName(beta))).rejects.toThrow('refused');
  });

  it('is closed to clients that are connected before a suspension is answered, and opened to a new credential afterwards', async () => {
    await openTopic(beta, []);
    const first = await publish('north');
    const access = await credentialOf(beta);
    const client = await connect(access);
    expect(await received(client, beta, 1)).toEqual([first]);
    await hub.know(agency(beta, { version: 2, state: 'suspended' }));
    await vi.waitFor(() => expect(client.records(partnerTopicName(beta))).rejects.toThrow('refused'), { timeout: CONFIRMATION_MS, interval: 10 });
    await vi.waitFor(() => expect(connect(access)).rejects.toThrow('refused'), DEADLINE);
    await publish('north');
    await vi.waitFor(async () => expect((await hub.recorded()).some(({ entry }) => entry.$case === 'decision' && !entry.value.allowed)).toBe(true), DEADLINE);
    await hub.know(agency(beta, { version: 3, state: 'active' }));
    const last = await publish('north');
    const again = await vi.waitFor(() => credentialOf(beta), DEADLINE);
    await expect(connect(access)).rejects.toThrow('refused');
    // What was published meanwhile was decided when the agency was suspended.
    // A broker that has not heard of the rights yet knows no such topic for the client.
    await vi.waitFor(async () => expect(await received(await connect(again), beta, 2)).toEqual([first, last]), DEADLINE);
  });
});

describe.runIf(!ARE_THERE)("an agency's own topic on Kafka", () => {
  it.skipIf(process.env['CORRIDOR_REQUIRE_ENGINES'] !== '1')('has a broker that partners reach: CORRIDOR_TEST_KAFKA and CORRIDOR_TEST_KAFKA_SASL name it', () => {
    expect([BROKER, PARTNERS]).not.toContain('');
  });
});
