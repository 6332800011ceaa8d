import { randomUUID } from 'node:crypto';
import type { Admin } from 'kafkajs';
import type { LogFixture } from '../contract.ts';
import type { TopicSpec } from '../event-log.ts';
import { adminOf, type KafkaConnection } from './connection.ts';
import { type KafkaEventLog, type KafkaEventLogOptions, openKafkaEventLog } from './kafka-event-log.ts';

/** The broker that tests run on; none where there is none. */
export const kafkaBrokers: readonly string[] = [process.env['CORRIDOR_TEST_KAFKA'] ?? ''].filter((broker) => broker !== '');

export const testConnection = (broker: string): KafkaConnection => ({ brokers: [broker], clientId: `test-${randomUUID()}` });

/** A log on a broker whose topics go with it. */
export class KafkaFixture implements LogFixture {
  log: KafkaEventLog;
  readonly #options: KafkaEventLogOptions;
  readonly #others: KafkaEventLog[] = [];

  private constructor(log: KafkaEventLog, options: KafkaEventLogOptions) {
    this.log = log;
    this.#options = options;
  }

  static async open(broker: string, topics: readonly TopicSpec[], options: Partial<KafkaEventLogOptions> = {}): Promise<KafkaFixture> {
    const all = { connection: testConnection(broker), topics, decidedForMs: 10_000, ...options };
    return new KafkaFixture(await openKafkaEventLog(all), all);
  }

  readonly reopen = async (): Promise<KafkaEventLog> => {
    await this.log.close();
    this.log = await openKafkaEventLog(this.#options);
    return this.log;
  };

  /** Opens the same log once more, as another replica does. */
  readonly another = async (options: Partial<KafkaEventLogOptions> = {}): Promise<KafkaEventLog> => {
    const log = await openKafkaEventLog({ ...this.#options, ...options });
    this.#others.push(log);
    return log;
  };

  readonly dispose = async (): Promise<void> => {
    await Promise.all([this.log, ...this.#others].map((log) => log.close()));
    const own = this.#options.topics.map(({ name }) => name);
    // A busy broker may have deleted them and answer late: kafkajs then asks again, and is told that there are none.
    const there = async (admin: Admin): Promise<readonly string[]> => (await admin.listTopics()).filter((name) => own.includes(name));
    await this.administer(async (admin) => {
      await admin.deleteTopics({ topics: [...(await there(admin))] }).catch(async (error: unknown) => {
        if ((await there(admin)).length > 0) throw error;
      });
    });
  };

  /** Everything that is stored now passes its retention. */
  readonly expireAll = (): Promise<void> =>
    this.administer(async (admin) => {
      for (const { name } of this.#options.topics) {
        // Also has kafkajs ask who leads the partitions, without which it deletes nothing.
        const offsets = await admin.fetchTopicOffsets(name);
        await admin.deleteTopicRecords({ topic: name, partitions: offsets.map(({ partition, high }) => ({ partition, offset: high })) });
      }
    });

  async administer<T>(act: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = adminOf(this.#options.connection, () => undefined);
    await admin.connect();
    try {
      return await act(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
