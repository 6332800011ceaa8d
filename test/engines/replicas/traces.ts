import kafkajs from 'kafkajs';
import { MongoClient } from 'mongodb';

/** Deletes the topics of a test. */
export async function removeTopics(broker: string, isOurs: (topic: string) => boolean): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [broker], clientId: 'test', logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter(isOurs);
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
}

/** Drops the databases of a test. */
export async function removeDatabases(url: string, ...databases: readonly string[]): Promise<void> {
  const client = new MongoClient(url);
  for (const database of databases) await client.db(database).dropDatabase();
  await client.close();
}
