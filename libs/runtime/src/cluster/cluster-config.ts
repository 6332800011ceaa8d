import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { MongoConnection } from '@corridor/documents/mongodb';
import type { KafkaConnection } from '@corridor/eventlog/kafka';
import type { CorridorError } from '@corridor/kernel';
import { nodeConfigFrom, NODE_VARIABLES, type NodeConfig } from '../config.ts';
import { readMasterKey } from '../keys/master-key.ts';
import { isLoopback } from '../rpc/listener.ts';
import { address, type Environment, invalid, Settings } from '../settings.ts';

/** The services of a node, each a process of its own in the cluster edition. */
export const SERVICES = ['registry', 'hub', 'alerts', 'followup', 'audit'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The settings of one process of the cluster edition. */
export interface ClusterConfig extends NodeConfig {
  readonly kafka: {
    readonly connection: KafkaConnection;
    /** CORRIDOR_KAFKA_REPLICATION: how many brokers hold each record of a topic that is made. */
    readonly replicas: number;
    /** CORRIDOR_KAFKA_MIN_INSYNC: how many of them must have it before it counts as appended. */
    readonly minInsync: number;
    /** CORRIDOR_KAFKA_PARTNERS: where partners reach the brokers, at a listener with SCRAM-SHA-256; nobody does when it is absent. */
    readonly partners: readonly string[];
  };
  readonly mongodb: MongoConnection;
  /** CORRIDOR_MONGODB_KEYS: the server of the keys, when it is another: backups of both can then be kept apart. */
  readonly keyStore: MongoConnection;
  /** CORRIDOR_MONGODB_DATABASE: the name of the database; that of the keys has `_keys` behind it. */
  readonly database: string;
  /** 32 bytes of the file CORRIDOR_MASTER_KEY_FILE. */
  readonly masterKey: Buffer;
  /** CORRIDOR_REPLICA: a name that this process keeps over restarts; then its groups wait for it instead of sharing its work anew. */
  readonly replica: string | undefined;
  /** CORRIDOR_REGISTRY, CORRIDOR_HUB, ...: where the gateway finds the replicas of each service, `host:port` parted by commas. */
  readonly services: Readonly<Record<ServiceName, readonly string[]>>;
  /** CORRIDOR_SERVICES_CA: what signed the certificates of the services, in PEM; absent where they are called in clear, on this machine or a private network. */
  readonly servicesCa: Buffer | undefined;
}

/** Every variable that a process of the cluster edition reads, with its default. */
export const CLUSTER_VARIABLES = {
  ...NODE_VARIABLES,
  CORRIDOR_KAFKA: undefined,
  CORRIDOR_KAFKA_USER: undefined,
  CORRIDOR_KAFKA_PASSWORD: undefined,
  CORRIDOR_KAFKA_PASSWORD_FILE: undefined,
  CORRIDOR_KAFKA_MECHANISM: 'scram-sha-256',
  CORRIDOR_KAFKA_TLS: 'no',
  CORRIDOR_KAFKA_CA: undefined,
  CORRIDOR_KAFKA_REPLICATION: '1',
  CORRIDOR_KAFKA_MIN_INSYNC: '1',
  CORRIDOR_KAFKA_PARTNERS: undefined,
  CORRIDOR_MONGODB: undefined,
  CORRIDOR_MONGODB_USER: undefined,
  CORRIDOR_MONGODB_PASSWORD: undefined,
  CORRIDOR_MONGODB_PASSWORD_FILE: undefined,
  CORRIDOR_MONGODB_CA: undefined,
  CORRIDOR_MONGODB_KEYS: undefined,
  CORRIDOR_MONGODB_DATABASE: 'corridor',
  CORRIDOR_REPLICA: undefined,
  CORRIDOR_PRIVATE_NETWORK: 'no',
  CORRIDOR_REGISTRY: undefined,
  CORRIDOR_HUB: undefined,
  CORRIDOR_ALERTS: undefined,
  CORRIDOR_FOLLOWUP: undefined,
  CORRIDOR_AUDIT: undefined,
  CORRIDOR_SERVICES_CA: undefined,
} as const;

const MECHANISMS = ['scram-sha-256', 'scram-sha-512', 'plain'] as const;
const MOST_REPLICAS = 9;
const DATABASE = /^[a-z][a-z0-9_-]{0,30}$/;

/**
 * The settings of a process of the cluster edition in an environment; an empty variable counts as absent.
 * @throws CorridorError CONFIG_INVALID naming the variable and what it must be, never its value
 */
export function clusterConfigFrom(env: Environment): ClusterConfig {
  const settings = new Settings(env, CLUSTER_VARIABLES);
  const node = nodeConfigFrom(env);
  const replica = settings.given('CORRIDOR_REPLICA');
  const clientId = `corridor-${replica ?? `${hostname()}-${randomUUID().slice(0, 8)}`}`;
  const isPrivate = settings.yes('CORRIDOR_PRIVATE_NETWORK');
  const mongodb = mongoFrom(settings, settings.required('CORRIDOR_MONGODB', 'the URL of MongoDB'), clientId);
  const database = settings.stated('CORRIDOR_MONGODB_DATABASE');
  if (!DATABASE.test(database)) throw invalid('CORRIDOR_MONGODB_DATABASE', 'must be lower-case letters, digits, - and _, at most 31');
  const keys = settings.given('CORRIDOR_MONGODB_KEYS');
  assertMongoClosed('CORRIDOR_MONGODB', mongodb, isPrivate);
  if (keys !== undefined) assertMongoClosed('CORRIDOR_MONGODB_KEYS', { ...mongodb, url: keys }, isPrivate);
  const closed = isPrivate ? { privateNetwork: true } : {};
  return {
    ...node,
    grpc: { ...node.grpc, ...closed },
    http: { ...node.http, ...closed },
    kafka: kafkaFrom(settings, clientId, isPrivate),
    mongodb,
    keyStore: keys === undefined ? mongodb : { ...mongodb, url: keys },
    database,
    masterKey: readMasterKey(settings.required('CORRIDOR_MASTER_KEY_FILE', 'a file with 32 bytes in hexadecimal, the same for every process')),
    replica,
    ...servicesFrom(settings, isPrivate),
  };
}

type ClusterSettings = Settings<typeof CLUSTER_VARIABLES>;

/** Calls to services carry tokens of partners and payloads: in clear they stay on this machine, or on a private network. */
function servicesFrom(settings: ClusterSettings, isPrivate: boolean): Pick<ClusterConfig, 'services' | 'servicesCa'> {
  const servicesCa = settings.pem('CORRIDOR_SERVICES_CA');
  const of = (name: `CORRIDOR_${Uppercase<ServiceName>}`): readonly string[] => {
    const addresses = settings.addresses(name);
    if (servicesCa === undefined && !isPrivate && !addresses.every((each) => isLoopback(address(name, each).host))) {
      throw invalid(name, 'is on another machine: give CORRIDOR_SERVICES_CA, or say CORRIDOR_PRIVATE_NETWORK=yes where nobody else is on the network');
    }
    return addresses;
  };
  const services = { registry: of('CORRIDOR_REGISTRY'), hub: of('CORRIDOR_HUB'), alerts: of('CORRIDOR_ALERTS'), followup: of('CORRIDOR_FOLLOWUP'), audit: of('CORRIDOR_AUDIT') };
  return { services, servicesCa };
}

/** Passwords, payloads and the policy state itself go to the engines: in clear they stay on this machine, or on a private network. */
const inClear = (variable: string, how: string): CorridorError =>
  invalid(variable, `is on another machine: give ${how}, or CORRIDOR_PRIVATE_NETWORK=yes where nobody else is on the network`);

function assertMongoClosed(variable: string, { url, ca }: MongoConnection, isPrivate: boolean): void {
  const [, srv, rest = ''] = /^mongodb(\+srv)?:\/\/(?:[^@/]*@)?(.*)$/.exec(url) ?? [];
  const [hosts = '', options = ''] = rest.split(/\/?\?/);
  const encrypted = ca !== undefined || (srv !== undefined ? !NO_TLS.test(options) : WITH_TLS.test(options));
  if (encrypted || isPrivate || hosts.replace(/\/.*/, '').split(',').every(isHere)) return;
  throw inClear(variable, 'CORRIDOR_MONGODB_CA, or tls=true in the URL');
}
const WITH_TLS = /(?:^|&)(?:tls|ssl)=true(?:&|$)/i;
const NO_TLS = /(?:^|&)(?:tls|ssl)=false(?:&|$)/i;
/** Whether a host of a URL, with its port or without, is this machine; a socket of its own is too. */
const isHere = (host: string): boolean => /^%2F/i.test(host) || isLoopback(host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));

function kafkaFrom(settings: ClusterSettings, clientId: string, isPrivate: boolean): ClusterConfig['kafka'] {
  settings.required('CORRIDOR_KAFKA', 'host:port of the brokers, parted by commas');
  const brokers = settings.addresses('CORRIDOR_KAFKA');
  const username = settings.given('CORRIDOR_KAFKA_USER');
  const password = settings.secret('CORRIDOR_KAFKA_PASSWORD', 'CORRIDOR_KAFKA_PASSWORD_FILE');
  if ((username === undefined) !== (password === undefined)) throw invalid('CORRIDOR_KAFKA_USER', 'must be given together with its password');
  const mechanism = MECHANISMS.find((known) => known === settings.stated('CORRIDOR_KAFKA_MECHANISM'));
  if (mechanism === undefined) throw invalid('CORRIDOR_KAFKA_MECHANISM', `must be one of ${MECHANISMS.join(', ')}`);
  const ca = settings.pem('CORRIDOR_KAFKA_CA');
  const tls = ca !== undefined || settings.yes('CORRIDOR_KAFKA_TLS');
  if (!tls && !isPrivate && !brokers.every((each) => isLoopback(address('CORRIDOR_KAFKA', each).host))) throw inClear('CORRIDOR_KAFKA', 'CORRIDOR_KAFKA_TLS=yes or CORRIDOR_KAFKA_CA');
  return {
    connection: {
      brokers,
      clientId,
      ...(tls ? { ssl: ca === undefined ? {} : { ca } } : {}),
      ...(username === undefined || password === undefined ? {} : { sasl: { mechanism, username, password } }),
    },
    replicas: settings.integer('CORRIDOR_KAFKA_REPLICATION', 1, MOST_REPLICAS),
    minInsync: settings.integer('CORRIDOR_KAFKA_MIN_INSYNC', 1, MOST_REPLICAS),
    partners: settings.addresses('CORRIDOR_KAFKA_PARTNERS'),
  };
}

function mongoFrom(settings: ClusterSettings, url: string, appName: string): MongoConnection {
  if (!/^mongodb(\+srv)?:\/\//.test(url)) throw invalid('CORRIDOR_MONGODB', 'must begin with mongodb:// or mongodb+srv://');
  const username = settings.given('CORRIDOR_MONGODB_USER');
  const password = settings.secret('CORRIDOR_MONGODB_PASSWORD', 'CORRIDOR_MONGODB_PASSWORD_FILE');
  if ((username === undefined) !== (password === undefined)) throw invalid('CORRIDOR_MONGODB_USER', 'must be given together with its password');
  const ca = settings.pem('CORRIDOR_MONGODB_CA');
  return { url, appName, ...(username === undefined || password === undefined ? {} : { username, password }), ...(ca === undefined ? {} : { ca }) };
}
