import { resolve } from 'node:path';
import type { Listener } from './rpc/listener.ts';
import { type Environment, invalid, Settings } from './settings.ts';

/** The settings of a node that mean the same in every edition, read once from its environment. */
export interface NodeConfig {
  /** CORRIDOR_GRPC (host:port), with CORRIDOR_TLS_CERT and CORRIDOR_TLS_KEY. */
  readonly grpc: Listener;
  /** CORRIDOR_HTTP (host:port), with the same certificate. */
  readonly http: Listener;
  /** CORRIDOR_HTTP_HOSTS: names, parted by commas, that HTTP is called by beside those of this machine and the listener's. */
  readonly httpHosts: readonly string[];
  /** CORRIDOR_MASTER_KEY_FILE: 32 bytes in hexadecimal; the embedded edition makes one in its data folder when it is absent. */
  readonly masterKeyFile?: string;
  /** CORRIDOR_CHECKPOINT_MS: milliseconds between two published checkpoints. */
  readonly checkpointMs: number;
  /** CORRIDOR_LOG_ORIGIN: the audit log's name in its checkpoints; it never changes while its database lives. */
  readonly logOrigin: string;
  /**
   * CORRIDOR_LOG_CONTINUES: a file with the last checkpoint that partners hold, after a restore behind it; the log then
   * goes on under a new origin whose first leaf is that checkpoint.
   */
  readonly logContinues?: string;
  /** CORRIDOR_BOOTSTRAP_SECRET, or the content of the file CORRIDOR_BOOTSTRAP_SECRET_FILE: what the founding act must name; at least 16 characters. */
  readonly bootstrapSecret?: string;
}

/** The settings of the embedded edition. */
export interface Config extends NodeConfig {
  /** CORRIDOR_DATA: the folder of the embedded edition, absolute. */
  readonly dataFolder: string;
  /** CORRIDOR_RESERVE_MB, in bytes: the space in the data folder that is kept for reading when the disk is full; 0 = none. */
  readonly reserveBytes: number;
}

/** Every variable that both editions read, with its default. */
export const NODE_VARIABLES = {
  CORRIDOR_GRPC: '127.0.0.1:50051',
  CORRIDOR_HTTP: '127.0.0.1:8080',
  CORRIDOR_HTTP_HOSTS: undefined,
  CORRIDOR_TLS_CERT: undefined,
  CORRIDOR_TLS_KEY: undefined,
  CORRIDOR_MASTER_KEY_FILE: undefined,
  CORRIDOR_CHECKPOINT_MS: '10000',
  CORRIDOR_LOG_ORIGIN: 'corridor.local/node-1',
  CORRIDOR_LOG_CONTINUES: undefined,
  CORRIDOR_BOOTSTRAP_SECRET: undefined,
  CORRIDOR_BOOTSTRAP_SECRET_FILE: undefined,
} as const;

/** Every variable that the embedded edition reads, with its default. */
export const CONFIG_VARIABLES = { CORRIDOR_DATA: '.corridor', CORRIDOR_RESERVE_MB: '128', ...NODE_VARIABLES } as const;

const MIN_SECRET = 16;
const MAX_CHECKPOINT_MS = 3_600_000;
const MEGABYTE = 1_000_000;
const MAX_RESERVE_MB = 1_000_000;
const HOST_NAME = /^[a-z0-9.:-]+$/i;

/**
 * The settings of the embedded edition in an environment; an empty variable counts as absent.
 * @throws CorridorError CONFIG_INVALID naming the variable and what it must be
 */
export function configFrom(env: Environment): Config {
  const settings = new Settings(env, CONFIG_VARIABLES);
  return {
    dataFolder: resolve(settings.stated('CORRIDOR_DATA')),
    reserveBytes: settings.integer('CORRIDOR_RESERVE_MB', 0, MAX_RESERVE_MB) * MEGABYTE,
    ...nodeConfigFrom(env),
  };
}

/** As `configFrom`, of what every edition has. @throws CorridorError CONFIG_INVALID */
export function nodeConfigFrom(env: Environment): NodeConfig {
  const settings = new Settings(env, NODE_VARIABLES);
  const tls = tlsFrom(settings.pem('CORRIDOR_TLS_CERT'), settings.pem('CORRIDOR_TLS_KEY'));
  const masterKeyFile = settings.given('CORRIDOR_MASTER_KEY_FILE');
  const continues = settings.text('CORRIDOR_LOG_CONTINUES');
  const bootstrapSecret = settings.secret('CORRIDOR_BOOTSTRAP_SECRET', 'CORRIDOR_BOOTSTRAP_SECRET_FILE');
  if (bootstrapSecret !== undefined && bootstrapSecret.length < MIN_SECRET) {
    throw invalid('CORRIDOR_BOOTSTRAP_SECRET', `must have at least ${MIN_SECRET} characters`);
  }
  return {
    grpc: { ...settings.address('CORRIDOR_GRPC'), ...tls },
    http: { ...settings.address('CORRIDOR_HTTP'), ...tls },
    httpHosts: hostNames(settings.given('CORRIDOR_HTTP_HOSTS') ?? ''),
    ...(masterKeyFile === undefined ? {} : { masterKeyFile: resolve(masterKeyFile) }),
    checkpointMs: settings.integer('CORRIDOR_CHECKPOINT_MS', 1, MAX_CHECKPOINT_MS),
    logOrigin: settings.stated('CORRIDOR_LOG_ORIGIN'),
    ...(continues === undefined ? {} : { logContinues: continues }),
    ...(bootstrapSecret === undefined ? {} : { bootstrapSecret }),
  };
}

function hostNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim()).filter((name) => name !== '');
  if (!names.every((name) => HOST_NAME.test(name))) throw invalid('CORRIDOR_HTTP_HOSTS', 'must be names of hosts, parted by commas, without ports, e.g. corridor.example.org');
  return names;
}

function tlsFrom(certificate: Buffer | undefined, key: Buffer | undefined): Pick<Listener, 'tls'> {
  if (certificate === undefined && key === undefined) return {};
  if (certificate === undefined) throw invalid('CORRIDOR_TLS_CERT', 'must be given together with CORRIDOR_TLS_KEY');
  if (key === undefined) throw invalid('CORRIDOR_TLS_KEY', 'must be given together with CORRIDOR_TLS_CERT');
  return { tls: { certificate, key } };
}
