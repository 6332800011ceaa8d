import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import type { StoreFixture } from '../contract.ts';
import type { DocumentStore } from '../documents.ts';
import { type Mongo, type MongoStoreOptions, openMongo } from './connection.ts';

const urls: readonly string[] = (process.env['CORRIDOR_TEST_MONGODB'] ?? '').split(' ').filter((url) => url !== '');

/** Declares tests for each server there is to test on; where there is none one that is skipped, or fails when servers are required. */
export function onEachServer(name: string, tests: (url: string) => void): void {
  for (const [place, url] of urls.entries()) describe(`${name}, server ${place + 1}`, () => {
    tests(url);
  });
  if (urls.length > 0) return;
  it.runIf(process.env['CORRIDOR_REQUIRE_ENGINES'] === '1')(`${name}: does not run, since CORRIDOR_TEST_MONGODB names no server`, () => {
    expect(urls).not.toEqual([]);
  });
}

/** A name that no other test has. */
export const newDatabase = (): string => `test-${randomUUID().slice(0, 18)}`;

export async function dropDatabase(url: string, database: string): Promise<void> {
  const client = new MongoClient(url);
  await client.db(database).dropDatabase();
  await client.close();
}

/** A store in a database of its own. */
export class MongoFixture implements StoreFixture {
  readonly url: string;
  readonly database: string;
  mongo: Mongo;
  store: DocumentStore;

  private constructor(url: string, database: string, mongo: Mongo, store: DocumentStore) {
    this.url = url;
    this.database = database;
    this.mongo = mongo;
    this.store = store;
  }

  static async open(url: string, options: MongoStoreOptions = {}, database = newDatabase()): Promise<MongoFixture> {
    const mongo = await openMongo({ url, appName: 'corridor-test' });
    return new MongoFixture(url, database, mongo, mongo.store(database, options));
  }

  readonly reopen = async (): Promise<DocumentStore> => {
    await this.mongo.close();
    this.mongo = await openMongo({ url: this.url, appName: 'corridor-test' });
    this.store = this.mongo.store(this.database);
    return this.store;
  };

  readonly dispose = async (): Promise<void> => {
    await this.mongo.close();
    await dropDatabase(this.url, this.database);
  };
}
