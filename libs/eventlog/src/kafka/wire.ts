import kafkajs from 'kafkajs';
import type Broker from 'kafkajs/src/broker/index.js';
import type { Definition, Protocol } from 'kafkajs/src/broker/index.js';
import Cluster from 'kafkajs/src/cluster/index.js';
import loggers from 'kafkajs/src/loggers/index.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import errors from 'kafkajs/src/protocol/error.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { CONNECT_MS, type KafkaConnection, kafkajsConfig, logTo, type Observe, REQUEST_MS } from './connection.ts';
import { send, sendInTime } from './in-time.ts';
import { letGo } from './let-go.ts';

/*
 * The file that knows kafkajs beneath its public surface. kafkajs has no public way to read without a group, to tell
 * which partition a fetch failed on, to join as a static member (KIP-345), or to take back a batch that is retried; the
 * requests it encodes and decodes have all of it.
 */

/** A fetch answers with at most this many bytes, and with one batch of records whatever its size (KIP-74). */
const FETCH_BYTES = 4 << 20;
const BEGIN = -2;
const END = -1;
/** Every record is visible once all replicas in sync have it: no transactions are used. */
const READ_UNCOMMITTED = 0;
const ALL_IN_SYNC = -1;
const REAUTHENTICATE_MS = 10_000;

const { requests } = protocol;

/** Which broker leads a partition; partitions without a leader are left out. */
export type Leaders = ReadonlyMap<number, number>;

/** A record on the wire. */
export interface WireRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** Records of one partition that are stored together or not at all. */
export interface WireBatch {
  readonly partition: number;
  /** Number of its first record among those the producer sent to the partition: the broker stores each number once. */
  readonly firstSequence: number;
  readonly messages: readonly WireRecord[];
}

export interface ProducerId {
  readonly producerId: string;
  readonly producerEpoch: number;
}

/** What came back for a partition: an error of the broker, or what was asked for. */
export interface Answer {
  readonly partition: number;
  readonly error: (Error & { readonly type: string }) | undefined;
}
export interface Produced extends Answer {
  readonly baseOffset: number;
}
export interface Fetched extends Answer {
  /** Behind the last record that all replicas in sync have. */
  readonly end: number;
  readonly records: readonly { readonly offset: number; readonly key: Buffer | null; readonly value: Buffer | null; readonly headers: FetchedHeaders }[];
}
export type FetchedHeaders = Readonly<Record<string, Buffer | readonly Buffer[] | null>>;

/** Who a consumer is in its group, as the group's coordinator gave it out. */
export interface Membership {
  readonly memberId: string;
  readonly generation: number;
}

/** Connections of one user to the brokers. A broker answers the requests of a connection one after the other: who waits for something has a wire of its own. */
export class Wire {
  readonly #cluster: Cluster;
  readonly #leaders = new Map<string, Leaders>();
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(connection: KafkaConnection, observe: Observe) {
    const { brokers, clientId, ssl, sasl } = kafkajsConfig(connection, observe);
    this.#cluster = new Cluster({
      logger: loggers.createLogger({ level: kafkajs.logLevel.WARN, logCreator: logTo(observe) }),
      socketFactory: createSocketFactory(),
      brokers: Array.isArray(brokers) ? brokers : [],
      ssl: ssl === true ? {} : ssl,
      sasl,
      clientId: clientId ?? '',
      connectionTimeout: CONNECT_MS,
      authenticationTimeout: CONNECT_MS,
      reauthenticationThreshold: REAUTHENTICATE_MS,
      requestTimeout: REQUEST_MS,
      enforceRequestTimeout: true,
      metadataMaxAge: 0,
      allowAutoTopicCreation: false,
      // Who asks knows how long it can wait; see patience.ts.
      retry: { retries: 0 },
    });
  }

  /** The leaders of a topic as last heard; `stale` has them asked for again. */
  async leaders(topic: string, stale = false): Promise<Leaders> {
    const known = this.#leaders.get(topic);
    if (known !== undefined && !stale) return known;
    return this.#inTurn(() => this.#askLeaders(topic));
  }

  /** One after the other: kafkajs replaces its list of brokers each time. */
  #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const asked = this.#turn.then(ask);
    this.#turn = asked.catch(() => undefined);
    return asked;
  }

  async #askLeaders(topic: string): Promise<Leaders> {
    const pool = this.#cluster.brokerPool;
    const broker = await this.#anyBroker();
    const { brokers, topicMetadata } = await this.#askInTime(broker, apiKeys.Metadata, requests.Metadata, { topics: [topic], allowAutoTopicCreation: false });
    const leaders = new Map<number, number>();
    for (const { topicErrorCode, partitionMetadata } of topicMetadata) {
      const error = errorOf(topicErrorCode);
      if (error !== undefined) throw error;
      for (const { partitionId, leader } of partitionMetadata) if (leader >= 0) leaders.set(partitionId, leader);
    }
    // One that is new, or that came back under another address.
    const leading = new Set(leaders.values());
    if (brokers.some((each) => leading.has(each.nodeId) && !this.#isKnown(each))) await pool.refreshMetadata([topic]);
    // While a partition has no leader that is no answer to keep: whoever asks next asks anew.
    if (topicMetadata.every(({ partitionMetadata }) => partitionMetadata.every(({ leader }) => leader >= 0))) this.#leaders.set(topic, leaders);
    else this.#leaders.delete(topic);
    return leaders;
  }

  /** Whether a broker is known, under the address that it has now. */
  #isKnown({ nodeId, host, port }: { readonly nodeId: number; readonly host: string; readonly port: number }): boolean {
    const known = this.#cluster.brokerPool.brokers[nodeId]?.connectionPool;
    return known !== undefined && known.host === host && known.port === port;
  }

  /** A number under which the brokers recognise what was sent twice. */
  async producerId(): Promise<ProducerId> {
    const answer = await this.#askInTime(await this.#anyBroker(), apiKeys.InitProducerId, requests.InitProducerId, { transactionTimeout: 60_000 });
    refuse(answer);
    return answer;
  }

  /** Stores batches on the broker that leads their partitions; the answer comes once all replicas in sync have them. */
  async produce(node: number, topic: string, partitions: readonly WireBatch[], producer: ProducerId): Promise<readonly Produced[]> {
    const { topics } = await this.#askNode(node, apiKeys.Produce, requests.Produce, {
      acks: ALL_IN_SYNC,
      timeout: REQUEST_MS,
      compression: kafkajs.CompressionTypes.None,
      ...producer,
      topicData: [{ topic, partitions }],
    });
    return topics.flatMap((each) => each.partitions).map(({ partition, errorCode, baseOffset }) => ({ partition, error: errorOf(errorCode), baseOffset: Number(baseOffset) }));
  }

  /** Records from some offsets on. Waits up to `waitMs` for the first one. */
  async fetch(
    node: number,
    topic: string,
    from: readonly { readonly partition: number; readonly offset: number; readonly bytes: number }[],
    waitMs: number,
  ): Promise<readonly Fetched[]> {
    const answer = await this.#askNode(node, apiKeys.Fetch, requests.Fetch, {
      isolationLevel: READ_UNCOMMITTED,
      maxWaitTime: waitMs,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      rackId: '',
      topics: [{ topic, partitions: from.map(({ partition, offset, bytes }) => ({ partition, fetchOffset: String(offset), maxBytes: bytes })) }],
    });
    refuse({ errorCode: answer.errorCode ?? 0 });
    return answer.responses
      .flatMap(({ partitions }) => partitions)
      .map(({ partition, errorCode, highWatermark, messages }) => ({
        partition,
        error: errorOf(errorCode),
        end: Number(highWatermark),
        records: messages.map(({ offset, key, value, headers }) => ({ offset: Number(offset), key, value, headers })),
      }));
  }

  /** Where partitions begin or end, asked of the broker that leads them. */
  async offsets(node: number, topic: string, partitions: readonly number[], which: 'begin' | 'end'): Promise<ReadonlyMap<number, number>> {
    const timestamp = which === 'begin' ? BEGIN : END;
    const { responses } = await this.#askNode(node, apiKeys.ListOffsets, requests.ListOffsets, {
      isolationLevel: READ_UNCOMMITTED,
      topics: [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }],
    });
    return byPartition(responses);
  }

  /** The broker that keeps a group. */
  async coordinator(groupId: string): Promise<number> {
    const answer = await this.#askInTime(await this.#anyBroker(), apiKeys.GroupCoordinator, requests.GroupCoordinator, { groupId, coordinatorType: 0 });
    refuse(answer);
    const { coordinator } = answer;
    if (!this.#isKnown(coordinator)) await this.#inTurn(() => this.#cluster.brokerPool.refreshMetadata([]));
    return coordinator.nodeId;
  }

  async join(node: number, request: RequestOf<typeof requests.JoinGroup>): Promise<ResponseOf<typeof requests.JoinGroup>> {
    return refused(await this.#askNode(node, apiKeys.JoinGroup, requests.JoinGroup, request), ['MEMBER_ID_REQUIRED']);
  }

  async sync(node: number, request: RequestOf<typeof requests.SyncGroup>): Promise<Buffer> {
    return refused(await this.#askNode(node, apiKeys.SyncGroup, requests.SyncGroup, request)).memberAssignment;
  }

  async heartbeat(node: number, groupId: string, { memberId, generation }: Membership, groupInstanceId: string | null): Promise<void> {
    refuse(await this.#askNode(node, apiKeys.Heartbeat, requests.Heartbeat, { groupId, groupGenerationId: generation, memberId, groupInstanceId }));
  }

  async leave(node: number, groupId: string, memberId: string): Promise<void> {
    refuse(await this.#askNode(node, apiKeys.LeaveGroup, requests.LeaveGroup, { groupId, memberId, groupInstanceId: null }));
  }

  /** Keeps the positions of a group. */
  async commit(node: number, groupId: string, { memberId, generation }: Membership, topic: string, positions: ReadonlyMap<number, number>): Promise<void> {
    const partitions = [...positions].map(([partition, offset]) => ({ partition, offset: String(offset) }));
    const { responses } = await this.#askNode(node, apiKeys.OffsetCommit, requests.OffsetCommit, {
      groupId,
      groupGenerationId: generation,
      memberId,
      topics: [{ topic, partitions }],
    });
    for (const answer of responses.flatMap((each) => each.partitions)) refuse(answer);
  }

  /** The positions of a group; partitions of which it keeps none are at -1. */
  async committed(node: number, groupId: string, topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const answer = await this.#askNode(node, apiKeys.OffsetFetch, requests.OffsetFetch, {
      groupId,
      topics: [{ topic, partitions: partitions.map((partition) => ({ partition })) }],
    });
    refuse(answer);
    return byPartition(answer.responses);
  }

  /** Asks one broker what kafkajs does not know to ask; it passes on what only the controller does. */
  async one<T>(request: Protocol<T>): Promise<T> {
    return this.#send(await this.#anyBroker(), request);
  }

  /** Asks all brokers that the cluster counts as alive. */
  async all<T>(request: Protocol<T>): Promise<readonly T[]> {
    const nodes = await this.#inTurn(() => this.#askNodes());
    return Promise.all(nodes.map(async (nodeId) => this.#send(await this.#broker(nodeId), request)));
  }

  async #askNodes(): Promise<readonly number[]> {
    const pool = this.#cluster.brokerPool;
    await this.#anyBroker();
    await pool.refreshMetadata([]);
    return Object.keys(pool.brokers).map(Number);
  }

  /** Lets go of everything that is under way, which then fails; the next request connects anew. */
  async interrupt(): Promise<void> {
    const { brokers, seedBroker } = this.#cluster.brokerPool;
    await Promise.all([...Object.values(brokers), ...(seedBroker === undefined ? [] : [seedBroker])].map(({ connectionPool }) => letGo(connectionPool)));
  }

  /** For good: what is asked afterwards fails at once, as does what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.interrupt();
    await this.#cluster.disconnect();
  }

  async #askNode<Request, Response>(node: number, apiKey: number, definition: Definition<Request, Response>, request: Request): Promise<Response> {
    const broker = await this.#broker(node);
    return this.#send(broker, asked(broker, apiKey, definition, request));
  }

  async #askInTime<Request, Response>(broker: Broker, apiKey: number, definition: Definition<Request, Response>, request: Request): Promise<Response> {
    return this.#send(broker, asked(broker, apiKey, definition, request), sendInTime);
  }

  async #send<Response>(broker: Broker, request: Protocol<Response>, by: typeof send = send): Promise<Response> {
    this.#refuseClosed();
    try {
      return await by(broker, request);
    } finally {
      await this.#nothingStays(broker);
    }
  }

  async #anyBroker(): Promise<Broker> {
    this.#refuseClosed();
    const broker = await this.#cluster.brokerPool.findConnectedBroker();
    await this.#nothingStays(broker);
    return broker;
  }

  async #broker(nodeId: number): Promise<Broker> {
    this.#refuseClosed();
    const broker = await this.#cluster.brokerPool.findBroker({ nodeId });
    await this.#nothingStays(broker);
    return broker;
  }

  #refuseClosed(): void {
    if (this.#closed) throw new kafkajs.KafkaJSConnectionError('Closed here');
  }

  /** Of a connection that came about while the wire was closed: kafkajs does not know that it is. */
  async #nothingStays({ connectionPool }: Broker): Promise<void> {
    if (this.#closed) await letGo(connectionPool);
  }
}

/** A request whose answer is read, and no more: kafkajs throws at the first error in it, whatever else it says. */
function asked<Request, Response>(broker: Broker, apiKey: number, definition: Definition<Request, Response>, request: Request): Protocol<Response> {
  const { response, ...rest } = broker.lookupRequest(apiKey, definition)(request);
  return { ...rest, response: { decode: response.decode, parse: (data) => Promise.resolve(data) } };
}

type RequestOf<D> = D extends Definition<infer Request, infer _> ? Request : never;
type ResponseOf<D> = D extends Definition<infer _, infer Response> ? Response : never;

const errorOf = (code: number): Answer['error'] => (code === 0 ? undefined : errors.createErrorFromCode(code));

/** @throws the error of an answer, when it is one */
function refuse({ errorCode }: { readonly errorCode: number }): void {
  const error = errorOf(errorCode);
  if (error !== undefined) throw error;
}

/** The answer itself, unless it is an error that is not among `taken`. */
function refused<A extends { readonly errorCode: number }>(answer: A, taken: readonly string[] = []): A {
  const error = errorOf(answer.errorCode);
  if (error !== undefined && !taken.includes(error.type)) throw error;
  return answer;
}

function byPartition(
  responses: readonly { readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly offset: string }[] }[],
): ReadonlyMap<number, number> {
  const offsets = new Map<number, number>();
  for (const answer of responses.flatMap(({ partitions }) => partitions)) {
    refuse(answer);
    offsets.set(answer.partition, Number(answer.offset));
  }
  return offsets;
}
