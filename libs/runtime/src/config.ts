import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CorridorError } from '@corridor/kernel';
import type { Listener } from './rpc/listener.ts';

/** The settings of a node, read once from its environment. */
export interface Config {
  /** CORRIDOR_DATA: the folder of the embedded edition, absolute. */
  readonly dataFolder: string;
  /** CORRIDOR_RESERVE_MB, in bytes: the space in the data folder that is kept for reading when the disk is full; 0 = none. */
  readonly reserveBytes: number;
  /** CORRIDOR_GRPC (host:port), with CORRIDOR_TLS_CERT and CORRIDOR_TLS_KEY. */
  readonly grpc: Listener;
  /** CORRIDOR_HTTP (host:port), with the same certificate. */
  readonly http: Listener;
  /** CORRIDOR_HTTP_HOSTS: names, parted by commas, that HTTP is called by beside those of this machine and the listener's. */
  readonly httpHosts: readonly string[];
  /** CORRIDOR_MASTER_KEY_FILE: 32 bytes in hexadecimal; made in the data folder when absent. */
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
  /** CORRIDOR_BOOTSTRAP_SECRET: what the founding act must name; at least 16 characters. */
  readonly bootstrapSecret?: string;
}

/** Every variable that a node reads, with its default. */
export const CONFIG_VARIABLES = {
  CORRIDOR_DATA: '.corridor',
  CORRIDOR_RESERVE_MB: '128',
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
} as const;
type Variable = keyof typeof CONFIG_VARIABLES;

const MIN_SECRET = 16;
const MAX_CHECKPOINT_MS = 3_600_000;
const MEGABYTE = 1_000_000;
const MAX_RESERVE_MB = 1_000_000;
const HOST_NAME = /^[a-z0-9.:-]+$/i;
const ADDRESS = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/i;

/**
 * The settings in an environment; an empty variable counts as absent.
 * @throws CorridorError CONFIG_INVALID naming the variable and what it must be
 */
export function configFrom(env: Readonly<Record<string, string | undefined>>): Config {
  const given = (name: Variable): string | undefined => (env[name] === '' ? undefined : env[name]);
  const stated = (name: Variable & keyof Defaulted): string => given(name) ?? CONFIG_VARIABLES[name];
  const tls = tlsFrom(given('CORRIDOR_TLS_CERT'), given('CORRIDOR_TLS_KEY'));
  const masterKeyFile = given('CORRIDOR_MASTER_KEY_FILE');
  const continues = given('CORRIDOR_LOG_CONTINUES');
  const bootstrapSecret = given('CORRIDOR_BOOTSTRAP_SECRET');
  if (bootstrapSecret !== undefined && bootstrapSecret.length < MIN_SECRET) {
    throw invalid('CORRIDOR_BOOTSTRAP_SECRET', `must have at least ${MIN_SECRET} characters`);
  }
  return {
    dataFolder: resolve(stated('CORRIDOR_DATA')),
    reserveBytes: integer('CORRIDOR_RESERVE_MB', stated('CORRIDOR_RESERVE_MB'), 0, MAX_RESERVE_MB) * MEGABYTE,
    grpc: { ...address('CORRIDOR_GRPC', stated('CORRIDOR_GRPC')), ...tls },
    http: { ...address('CORRIDOR_HTTP', stated('CORRIDOR_HTTP')), ...tls },
    httpHosts: hostNames(given('CORRIDOR_HTTP_HOSTS') ?? ''),
    ...(masterKeyFile === undefined ? {} : { masterKeyFile: resolve(masterKeyFile) }),
    checkpointMs: integer('CORRIDOR_CHECKPOINT_MS', stated('CORRIDOR_CHECKPOINT_MS'), 1, MAX_CHECKPOINT_MS),
    logOrigin: stated('CORRIDOR_LOG_ORIGIN'),
    ...(continues === undefined ? {} : { logContinues: readText('CORRIDOR_LOG_CONTINUES', continues) }),
    ...(bootstrapSecret === undefined ? {} : { bootstrapSecret }),
  };
}

/** The variables that have a default. */
type Defaulted = { [N in Variable as (typeof CONFIG_VARIABLES)[N] extends string ? N : never]: string };

function address(name: Variable, text: string): Pick<Listener, 'host' | 'port'> {
  const [, bracketed, plain, port] = ADDRESS.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || port === undefined) throw invalid(name, 'must be host:port, e.g. 127.0.0.1:50051');
  return { host, port: integer(name, port, 0, 65_535) };
}

function hostNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim()).filter((name) => name !== '');
  if (!names.every((name) => HOST_NAME.test(name))) throw invalid('CORRIDOR_HTTP_HOSTS', 'must be names of hosts, parted by commas, without ports, e.g. corridor.example.org');
  return names;
}

function integer(name: Variable, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw invalid(name, `must be a whole number from ${least} to ${most}`);
  return value;
}

function tlsFrom(certificateFile: string | undefined, keyFile: string | undefined): Pick<Listener, 'tls'> {
  if (certificateFile === undefined && keyFile === undefined) return {};
  if (certificateFile === undefined) throw invalid('CORRIDOR_TLS_CERT', 'must be given together with CORRIDOR_TLS_KEY');
  if (keyFile === undefined) throw invalid('CORRIDOR_TLS_KEY', 'must be given together with CORRIDOR_TLS_CERT');
  return { tls: { certificate: pem('CORRIDOR_TLS_CERT', certificateFile), key: pem('CORRIDOR_TLS_KEY', keyFile) } };
}

function pem(name: Variable, file: string): Buffer {
  const bytes = read(name, file);
  if (!bytes.includes('-----BEGIN ')) throw invalid(name, 'must name a file in PEM');
  return bytes;
}

const readText = (name: Variable, file: string): string => read(name, file).toString('utf8');

function read(name: Variable, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw invalid(name, 'names a file that cannot be read', error);
  }
}

const invalid = (name: Variable, what: string, cause?: unknown): CorridorError =>
  new CorridorError('CONFIG_INVALID', `${name} ${what}`, { variable: name }, cause === undefined ? {} : { cause });
