import { Admin, Consumer, type ConsumerOptions, Producer } from '@platformatic/kafka';
import type { Outside, OutsideClient } from '../contract-partner-topics.ts';
import type { PartnerAccess } from '../partner-topics.ts';

/** A partner's own client, made with another library than the log is. */
export async function connectOutside(access: PartnerAccess): Promise<PartnerClient> {
  const client = new PartnerClient(access);
  await client.open();
  return client;
}

export const outside: Outside = { connect: connectOutside };

/** What a client finds in a topic. */
export interface Found {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 10_000;
const FETCH_BYTES = 1 << 20;

export class PartnerClient implements OutsideClient {
  readonly #access: PartnerAccess;
  readonly #reader: Consumer;

  constructor(access: PartnerAccess) {
    this.#access = access;
    this.#reader = new Consumer({ ...this.#options(), groupId: `${access.groupPrefix}none` });
  }

  async open(): Promise<void> {
    try {
      await asRefusal(() => this.#reader.metadata({ topics: [] }));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async read(topic: string): Promise<readonly string[]> {
    return (await this.records(topic)).map(({ value }) => value.toString());
  }

  /** Reads on with what it knew of the topic before, as a client that is connected does. */
  records(topic: string): Promise<readonly Found[]> {
    return asRefusal(() => this.#records(topic));
  }

  consume(topic: string, group: string): Promise<readonly string[]> {
    return asRefusal(() => this.#consume(topic, group));
  }

  append(topic: string, content: string): Promise<void> {
    return asRefusal(() => this.#append(topic, content));
  }

  async #records(topic: string): Promise<readonly Found[]> {
    const { topics } = await this.#reader.metadata({ topics: [topic] });
    const metadata = topics.get(topic);
    if (metadata === undefined) throw new Error(`there is no ${topic}`);
    const found: Found[] = [];
    for (const [partition, { leader, leaderEpoch }] of metadata.partitions.entries()) {
      for (let offset = 0n, end = 1n; offset < end; ) {
        const wanted = { partition, currentLeaderEpoch: leaderEpoch, fetchOffset: offset, lastFetchedEpoch: -1, partitionMaxBytes: FETCH_BYTES };
        const { responses } = await this.#reader.fetch({ node: leader, topics: [{ topicId: metadata.id, partitions: [wanted] }], minBytes: 0, maxWaitTime: 0 });
        const [answer] = responses.flatMap(({ partitions }) => partitions);
        if (answer === undefined) throw new Error('no answer');
        end = answer.highWatermark;
        for (const batch of answer.records ?? []) {
          for (const { key, value, headers, offsetDelta } of batch.records) {
            offset = batch.firstOffset + BigInt(offsetDelta) + 1n;
            found.push({
              key: key?.toString() ?? '',
              value: value ?? Buffer.alloc(0),
              headers: Object.fromEntries(headers.map(([name, text]) => [name?.toString() ?? '', text?.toString() ?? ''])),
            });
          }
        }
      }
    }
    return found;
  }

  async #consume(topic: string, group: string): Promise<readonly string[]> {
    // The coordinator of groups may just be starting.
    const consumer = new Consumer({ ...this.#options(), retries: 20, retryDelay: 100, groupId: group, sessionTimeout: 6000, heartbeatInterval: 500 });
    try {
      const partitions = [0, 1, 2, 3];
      const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? [];
      const stands = (await consumer.listCommittedOffsets({ topics: [{ topic, partitions }] })).get(topic) ?? [];
      const left = ends.reduce((sum, end, partition) => sum + end - keptOr0(stands[partition]), 0n);
      const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest', autocommit: false, maxWaitTime: 100 });
      const values: string[] = [];
      if (left > 0n) {
        for await (const message of stream) {
          values.push(message.value.toString());
          await message.commit();
          if (BigInt(values.length) >= left) break;
        }
      }
      await stream.close();
      return values;
    } finally {
      await consumer.close(true);
    }
  }

  async #append(topic: string, content: string): Promise<void> {
    const producer = new Producer({ ...this.#options() });
    try {
      await producer.send({ messages: [{ topic, value: Buffer.from(content) }] });
    } finally {
      await producer.close(true);
    }
  }

  /** The topics that there are for it. */
  topics(): Promise<readonly string[]> {
    return this.#administer((admin) => admin.listTopics());
  }

  createTopic(topic: string): Promise<void> {
    return this.#administer(async (admin) => void (await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 })));
  }

  deleteTopic(topic: string): Promise<void> {
    return this.#administer((admin) => admin.deleteTopics({ topics: [topic] }));
  }

  listRights(): Promise<void> {
    const filter = { resourceType: 1, resourcePatternType: 1, resourceName: null, principal: null, host: null, operation: 1, permissionType: 1 } as const;
    return this.#administer(async (admin) => void (await admin.describeAcls({ filter })));
  }

  async #administer<T>(act: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Admin(this.#options());
    try {
      return await asRefusal(() => act(admin));
    } finally {
      await admin.close();
    }
  }

  async close(): Promise<void> {
    await this.#reader.close(true);
  }

  #options(): Pick<ConsumerOptions<Buffer, Buffer, Buffer, Buffer>, 'clientId' | 'bootstrapBrokers' | 'sasl' | 'retries' | 'timeout' | 'autocreateTopics'> {
    const { brokers, mechanism, username, password } = this.#access;
    return { clientId: 'a-partner', bootstrapBrokers: [...brokers], sasl: { mechanism, username, password }, retries: 0, timeout: PATIENCE_MS, autocreateTopics: false };
  }
}

/** Where a group stands in a partition; -1 stands for nowhere. */
const keptOr0 = (offset: bigint | undefined): bigint => (offset === undefined || offset < 0n ? 0n : offset);

const REFUSED = /authorization failed|authentication failed|SASL/i;

/** Rejects with `refused` exactly when the brokers refused, however deep the library wraps that. */
async function asRefusal<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (messagesOf(error).some((message) => REFUSED.test(message))) throw new Error('refused', { cause: error });
    throw error;
  }
}

function messagesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error.message, ...[...inner, error.cause].flatMap(messagesOf)];
}
