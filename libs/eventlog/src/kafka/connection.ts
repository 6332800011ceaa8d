import './kafkajs-repairs.ts';
import kafkajs, { type Admin, type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs';

/** Where the cluster is and who we are there. */
export interface KafkaConnection {
  /** `host:port` of some brokers; the others are learned from them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Given: TLS, checked against `ca`, or against the authorities that Node trusts. */
  readonly ssl?: { readonly ca?: Buffer };
  readonly sasl?: { readonly mechanism: 'scram-sha-256' | 'scram-sha-512' | 'plain'; readonly username: string; readonly password: string };
}

/** What happens to a log on Kafka beside its calls: for logs and metrics. Names topics, groups and faults, never content. */
export type KafkaHappening =
  /** A replica of the group came or went: this one now reads `partitions` of the topic. */
  | { readonly kind: 'rebalanced'; readonly topic: string; readonly group: string; readonly partitions: readonly number[] }
  /** Something that is retried until it succeeds failed for the first time after it worked. */
  | { readonly kind: 'unreachable'; readonly fault: string }
  /** What was retried succeeded, or nobody tries it any more. */
  | { readonly kind: 'reachable' }
  /** These partitions of a topic, as far as it is read here, have no leader now: nothing of them can be read or appended. None: all have one again. */
  | { readonly kind: 'leaderless'; readonly topic: string; readonly partitions: readonly number[] }
  /** Positions of a group could not be kept; what was handled since the last time is delivered again. */
  | { readonly kind: 'positions-not-kept'; readonly topic: string; readonly group: string; readonly fault: string }
  /** A warning of the client library. */
  | { readonly kind: 'client'; readonly message: string };

export type Observe = (happening: KafkaHappening) => void;

/** How long a connection, a login and an answer may take, ms. */
export const CONNECT_MS = 3000;
export const REQUEST_MS = 10_000;

/** Nothing of kafkajs goes to the console: it logs at ERROR what it then retries, with names of hosts and stacks. */
export const logTo =
  (observe: Observe) =>
  () =>
  ({ namespace, log }: LogEntry): void =>
    observe({ kind: 'client', message: `${namespace}: ${log.message}` });

/** The settings of kafkajs for a connection. */
export function kafkajsConfig({ brokers, clientId, ssl, sasl }: KafkaConnection, observe: Observe): KafkaConfig {
  return {
    brokers: [...brokers],
    clientId,
    ...(ssl === undefined ? {} : { ssl: ssl.ca === undefined ? true : { ca: [ssl.ca] } }),
    ...(sasl === undefined ? {} : { sasl: saslOf(sasl) }),
    connectionTimeout: CONNECT_MS,
    authenticationTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: logTo(observe),
    // Retrying is done where the deadline is known: see patience.ts.
    retry: { retries: 1, initialRetryTime: 50 },
  };
}

/** The same, each mechanism by itself, as kafkajs declares them. */
function saslOf({ mechanism, ...who }: NonNullable<KafkaConnection['sasl']>): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, ...who };
    case 'scram-sha-256':
      return { mechanism, ...who };
    case 'scram-sha-512':
      return { mechanism, ...who };
  }
}

/** A client that administers the cluster; connect it before use. */
export const adminOf = (connection: KafkaConnection, observe: Observe): Admin => new kafkajs.Kafka(kafkajsConfig(connection, observe)).admin();
