import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteDocuments } from '@corridor/documents/sqlite';
import type { SqliteEventLog } from '@corridor/eventlog/sqlite';
import { type Clock, CorridorError } from '@corridor/kernel';
import { openSqliteStore, type SqliteStore } from '@corridor/outbox/sqlite';
import { Database } from '@corridor/sqlite';
import type { Demand } from './auth/authorise.ts';
import { closeAll } from './close-all.ts';
import type { Config } from './config.ts';
import { makeMasterKey, readMasterKey } from './keys/master-key.ts';
import { openKeys } from './keys/stored-keys.ts';
import type { Part } from './lifecycle.ts';
import { nodeCore, type NodeCore } from './node-core.ts';
import { traceOf } from './report.ts';
import { Reserve } from './reserve.ts';
import type { Report, Service } from './service.ts';
import { TOPICS } from './topics.ts';
import { documentsWithReserve, partnerTopicsWithReserve, withReserve } from './with-reserve.ts';

/** Names within the data folder. The keys lie in files of their own, so that they are backed up apart. */
export const DATA_FILE = 'corridor.db';
export const KEYS_FILE = 'keys.db';
export const MASTER_KEY_FILE = 'master.key';
/** Holds nothing but space; it may be deleted, and needs no backup. */
export const RESERVE_FILE = 'reserve';

const HOUR_MS = 3_600_000;
/** What of each topic its readers find in memory: they follow the log closely, and what stays longer burdens the collector. */
const RECENT = { records: 1024, bytes: 8 << 20 };

export interface EmbeddedOptions {
  readonly config: Pick<Config, 'dataFolder' | 'grpc' | 'masterKeyFile' | 'reserveBytes'>;
  readonly clock: Clock;
  readonly report: Report;
}

/** The ports of the embedded edition, opened over one data folder. */
export interface Embedded extends Pick<NodeCore, 'ports' | 'policy' | 'tokens' | 'grpcPort'> {
  /** The space that is kept for reading. */
  readonly reserve: Pick<Reserve, 'name' | 'unwell'>;
  /** What an RPC demands of its caller, by its path; undefined when the node does not serve it. */
  demandOf(path: string): Demand | 'nothing' | undefined;
  /** The node around built services, in the order of starting: whatever is served was recovered before. */
  parts(services: readonly Service[]): readonly Part[];
  /** Closes the files; for callers that never ran the parts. */
  close(): Promise<void>;
}

/**
 * Opens the data folder, and makes it at the first start.
 * @throws CorridorError DATA_FOLDER_IN_USE, DATA_FOLDER_NEWER, DATABASE_DAMAGED, STORAGE_FULL, KEY_STORE_UNUSABLE,
 * CONFIG_INVALID
 */
export async function openEmbedded({ config, clock, report }: EmbeddedOptions): Promise<Embedded> {
  const opened: (() => Promise<void>)[] = [];
  const close = (): Promise<void> => closeAll(opened);
  let data: SqliteStore | undefined;
  try {
    makeFolder(config.dataFolder);
    const reserve = new Reserve({
      file: join(config.dataFolder, RESERVE_FILE),
      bytes: config.reserveBytes,
      thrift: { begin: async () => data?.database.keepLogShort(), end: () => data?.database.letLogGrow() },
      clock,
      report,
    });
    data = await reserve.entitled(() =>
      openSqliteStore({ file: join(config.dataFolder, DATA_FILE), topics: Object.values(TOPICS), clock, recent: RECENT }),
    );
    const { log, documents } = data;
    opened.push(() => data?.close() ?? Promise.resolve());
    const masterKey = masterKeyOf(config);
    const keyData = await reserve.entitled(() => Database.open(join(config.dataFolder, KEYS_FILE), { erasing: true }));
    opened.push(() => keyData.close());
    const keyDocuments = documentsWithReserve(await reserve.entitled(() => openSqliteDocuments(keyData)), reserve);
    opened.push(() => keyDocuments.close());
    const keys = await openKeys({ store: keyDocuments, masterKey, scrub: () => keyData.scrub() });
    const core = nodeCore({
      log: withReserve(log, reserve),
      partnerTopics: partnerTopicsWithReserve(log.partnerTopics, reserve),
      documents: documentsWithReserve(documents, reserve),
      keys,
      grpc: config.grpc,
      clock,
      report,
    });
    const files: Part = { name: 'files', start: async () => {}, stop: close };
    return {
      ...core,
      reserve,
      demandOf: (path) => core.rpc.demandOf(path),
      parts: (services) => [files, reserve, retention(log, clock, report), core.policyPart, ...services, core.grpcPart],
      close,
    };
  } catch (error) {
    // What failed first says why.
    await close().catch(() => undefined);
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new CorridorError('CONFIG_INVALID', `the data folder ${folder} cannot be made`, {}, { cause });
  }
}

/** The configured master key; else the data folder's, made when there is no store of keys yet. */
function masterKeyOf({ dataFolder, masterKeyFile }: EmbeddedOptions['config']): Buffer {
  if (masterKeyFile !== undefined) return readMasterKey(masterKeyFile);
  const file = join(dataFolder, MASTER_KEY_FILE);
  if (existsSync(file)) return readMasterKey(file);
  if (existsSync(join(dataFolder, KEYS_FILE))) {
    throw new CorridorError('KEY_STORE_UNUSABLE', `the store of keys is there and its master key ${MASTER_KEY_FILE} is not`);
  }
  return makeMasterKey(file);
}

/** Drops records past their retention, at the start and once an hour. */
function retention(log: SqliteEventLog, clock: Clock, report: Report): Part {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const sweep = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await log.expire().then(
        (dropped) => dropped > 0 && report('info', 'log.expired', { records: dropped }),
        (error: unknown) => report('error', 'log.expire-failed', { trace: traceOf(error) }),
      );
      await clock.wait(HOUR_MS, stopping.signal).catch(() => {});
    }
  };
  return {
    name: 'retention',
    start: async () => {
      running = sweep();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
