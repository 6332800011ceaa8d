import { CorridorError, Quota, type QuotaLimits, systemClock } from '@corridor/kernel';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import type { DocumentStore } from '../documents.ts';
import { failure, withFailures } from './failure.ts';
import { MongoDocumentStore } from './mongo-document-store.ts';
import { Stamps } from './stamps.ts';

/** Where MongoDB is, and as whom to sign in. Credentials may stand in the URL or apart. */
export interface MongoConnection {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Certificates of those who may vouch for the server; with them it is called by TLS only. */
  readonly ca?: Buffer;
  /** How the server names this client in its own logs. */
  readonly appName: string;
}

/** A connection to MongoDB, shared by the stores opened over it. */
export interface Mongo {
  /**
   * A store in a database of this name.
   * @throws CorridorError CONFIG_INVALID when no database can have it
   */
  store(database: string, options?: MongoStoreOptions): DocumentStore;
  /** Closes all stores, when their calls have ended, and the connection. */
  close(): Promise<void>;
}

export interface MongoStoreOptions {
  /** How much may wait to be written before a write rejects with QUEUE_FULL; 64 MiB and 10,000 calls when absent. */
  readonly queue?: QuotaLimits;
}

const DEFAULT_QUEUE: QuotaLimits = { bytes: 64 << 20, calls: 10_000 };

/**
 * How long, in milliseconds, what is waited for. A server that is gone or silent is found out by its heartbeat, and calls
 * to it are answered within 6 s; one that lives may take longer over a large document, or when it is busy. An election
 * takes longer than all: calls fail fast meanwhile, and whoever owns a deadline tries again.
 */
const SELECTION = 2000;
const HEARTBEAT_EVERY = 1000;
const CONNECTING = 2500;
const ANSWER = 20_000;
const POOL = 5000;
const MAJORITY = 5000;
const POOL_SIZE = 50;

const DATABASE_NAME = /^[A-Za-z0-9_-]{1,38}$/;

/**
 * Opens MongoDB. Writes wait for a majority of the replica set and its journals, reads see what a majority has, on the primary.
 * @throws CorridorError at once: UNAVAILABLE when it cannot be reached, CONFIG_INVALID when the URL is none or the credentials are refused
 */
export async function openMongo(connection: MongoConnection): Promise<Mongo> {
  const client = clientOf(connection);
  try {
    await client.connect();
    // Allowed to everybody who has signed in, and to nobody else.
    await client.db('admin').command({ listDatabases: 1, nameOnly: true, authorizedDatabases: true });
  } catch (error) {
    await client.close();
    throw failure(error);
  }
  return new OpenMongo(client);
}

function clientOf({ url, username, password, ca, appName }: MongoConnection): MongoClient {
  const options: MongoClientOptions = {
    appName,
    ...(username === undefined ? {} : { auth: { username, ...(password === undefined ? {} : { password }) } }),
    ...(ca === undefined ? {} : { tls: true, ca }),
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: MAJORITY },
    // So named, it counts for more than what the URL says.
    readConcernLevel: 'majority',
    readPreference: 'primary',
    retryWrites: true,
    retryReads: true,
    maxPoolSize: POOL_SIZE,
    waitQueueTimeoutMS: POOL,
    serverSelectionTimeoutMS: SELECTION,
    connectTimeoutMS: CONNECTING,
    heartbeatFrequencyMS: HEARTBEAT_EVERY,
    socketTimeoutMS: ANSWER,
    promoteBuffers: true,
    // Whatever the environment says: the driver's logs would hold what is written.
    mongodbLogComponentSeverities: { default: 'off', command: 'off', topology: 'off', serverSelection: 'off', connection: 'off', client: 'off' },
  };
  try {
    return new MongoClient(url, options);
  } catch {
    // The driver's message may repeat the URL, and with it a password.
    throw new CorridorError('CONFIG_INVALID', 'the URL of MongoDB must be of the form mongodb://host:port/ or mongodb+srv://host/');
  }
}

class OpenMongo implements Mongo {
  readonly #client: MongoClient;
  readonly #stamps = new Stamps(systemClock);
  readonly #stores: MongoDocumentStore[] = [];

  constructor(client: MongoClient) {
    this.#client = client;
  }

  store(database: string, { queue = DEFAULT_QUEUE }: MongoStoreOptions = {}): DocumentStore {
    if (!DATABASE_NAME.test(database)) throw new CorridorError('CONFIG_INVALID', 'the name of a database takes 1-38 letters, digits, _ and -');
    const store = new MongoDocumentStore(this.#client.db(database), new Quota(queue), this.#stamps);
    this.#stores.push(store);
    return store;
  }

  async close(): Promise<void> {
    for (const store of this.#stores) await store.close();
    await withFailures(async () => this.#client.close());
  }
}
