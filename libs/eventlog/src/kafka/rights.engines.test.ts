import { randomUUID } from 'node:crypto';
import { agencyId, utf8 } from '@corridor/kernel';
import kafkajs, { type AclEntry } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredRecord } from '../event-log.ts';
import { partnerTopicName } from '../partner-topics.ts';
import { kafkaBrokers, KafkaFixture, testConnection } from './engines.testing.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';
import { removeCredential, setCredential } from './scram.ts';
import { Wire } from './wire.ts';

/** Where clients that have to prove who they are reach the broker. */
const PROVEN = [process.env['CORRIDOR_TEST_KAFKA_SASL'] ?? ''].filter((broker) => broker !== '');
const [BROKER] = PROVEN.length === 0 ? [] : kafkaBrokers;

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const DEADLINE = { timeout: 20_000, interval: 50 };

/** What docs/operations.md says that the user of the services needs. */
function rightsOf(user: string): AclEntry[] {
  const right = { principal: `User:${user}`, host: '*', permissionType: AclPermissionTypes.ALLOW };
  const topics = { ...right, resourceType: AclResourceTypes.TOPIC, resourceName: 'corridor.', resourcePatternType: ResourcePatternTypes.PREFIXED };
  const groups = { ...right, resourceType: AclResourceTypes.GROUP, resourceName: '*', resourcePatternType: ResourcePatternTypes.LITERAL };
  const cluster = { ...right, resourceType: AclResourceTypes.CLUSTER, resourceName: 'kafka-cluster', resourcePatternType: ResourcePatternTypes.LITERAL };
  const { CREATE, DESCRIBE, DESCRIBE_CONFIGS, READ, WRITE, DELETE, ALTER, IDEMPOTENT_WRITE } = AclOperationTypes;
  return [
    ...[CREATE, DESCRIBE, DESCRIBE_CONFIGS, READ, WRITE, DELETE].map((operation) => ({ ...topics, operation })),
    ...[DESCRIBE, READ].map((operation) => ({ ...groups, operation })),
    ...[IDEMPOTENT_WRITE, DESCRIBE, ALTER].map((operation) => ({ ...cluster, operation })),
  ];
}

describe.runIf(BROKER !== undefined)('a log on Kafka whose user has the rights that the guide names', () => {
  const user = `corridor-test-${randomUUID()}`;
  const password = randomUUID();
  const beta = agencyId(`beta-${randomUUID()}`);
  const topic = { name: `corridor.test-${randomUUID()}`, partitions: 2, retention: 'forever' } as const;
  let fixture: KafkaFixture;
  let wire: Wire;

  beforeEach(async () => {
    fixture = await KafkaFixture.open(BROKER ?? '', []);
    wire = new Wire(testConnection(BROKER ?? ''), () => undefined);
    await wire.one(await setCredential({ user, mechanism: 'SCRAM-SHA-256', password, iterations: 4096 }));
    await fixture.administer((admin) => admin.createAcls({ acl: rightsOf(user) }));
  });
  afterEach(async () => {
    const any = { resourceType: AclResourceTypes.ANY, resourcePatternType: ResourcePatternTypes.ANY, operation: AclOperationTypes.ANY, permissionType: AclPermissionTypes.ANY };
    await fixture.administer(async (admin) => {
      await admin.deleteAcls({ filters: [{ ...any, principal: `User:${user}` }] });
      await admin.deleteTopics({ topics: [topic.name] });
    });
    await wire.one(removeCredential(user, 'SCRAM-SHA-256'));
    await wire.close();
    await fixture.dispose();
  });

  it('does all that services ask of it', async () => {
    const connection = { brokers: PROVEN, clientId: 'rights', sasl: { mechanism: 'scram-sha-256', username: user, password } } as const;
    // The broker takes a new user some moments later.
    const log = await vi.waitFor(() => openKafkaEventLog({ connection, topics: [topic], partners: { brokers: PROVEN } }), DEADLINE);
    try {
      for (const name of [topic.name, partnerTopicName(beta)]) {
        if (name !== topic.name) await log.partnerTopics.provision(beta);
        await log.append(name, [{ key: 'k', envelope: utf8('one'), headers: {} }]);
        const read: StoredRecord[] = [];
        const consumer = log.consume(name, 'readers', async (records) => void read.push(...records));
        await vi.waitFor(() => expect(read).toHaveLength(1), DEADLINE);
        await consumer.stop();
        expect((await log.positions(name, 'readers')).reduce((sum, offset) => sum + offset)).toBe(1);
        expect((await log.begin(name)).length).toBe((await log.end(name)).length);
      }
      expect(await log.partnerTopics.issueAccess(beta)).toMatchObject({ topic: partnerTopicName(beta) });
      await log.partnerTopics.bar(beta);
      await log.partnerTopics.withdraw(beta);
      expect(await log.partnerTopics.agencies()).not.toContain(beta);
    } finally {
      await log.close();
    }
  });
});
