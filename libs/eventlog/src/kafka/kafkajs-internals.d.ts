/** What wire.ts and kafkajs-repairs.ts use of kafkajs 2.2.4 beneath its public surface; the package has no types for it. */

declare module 'kafkajs/src/cluster/index.js' {
  import type Broker from 'kafkajs/src/broker/index.js';
  export default class Cluster {
    constructor(options: {
      readonly logger: unknown;
      readonly socketFactory: unknown;
      readonly brokers: readonly string[];
      readonly ssl: unknown;
      readonly sasl: unknown;
      readonly clientId: string;
      readonly connectionTimeout: number;
      readonly authenticationTimeout: number;
      readonly reauthenticationThreshold: number;
      readonly requestTimeout: number;
      readonly enforceRequestTimeout: boolean;
      readonly metadataMaxAge: number;
      readonly allowAutoTopicCreation: boolean;
      readonly retry: { readonly retries: number };
    });
    readonly brokerPool: {
      readonly brokers: Readonly<Record<string, Broker>>;
      readonly seedBroker?: Broker;
      findConnectedBroker(): Promise<Broker>;
      findBroker(options: { readonly nodeId: number }): Promise<Broker>;
      refreshMetadata(topics: readonly string[]): Promise<void>;
    };
    disconnect(): Promise<void>;
  }
}

declare module 'kafkajs/src/broker/index.js' {
  import type Connection from 'kafkajs/src/network/connection.js';
  export interface Protocol<Response> {
    readonly request: unknown;
    readonly requestTimeout?: number;
    readonly response: { decode(data: unknown): Promise<Response>; parse(data: Response): Promise<Response> };
  }
  export interface ConnectionPool {
    readonly host: string;
    readonly port: number;
    readonly pool: readonly Connection[];
    destroy(): Promise<void>;
    send<Response>(protocol: Protocol<Response>): Promise<Response>;
  }
  export default class Broker {
    constructor(options: { readonly connectionPool: Pick<ConnectionPool, 'host' | 'port' | 'send'>; readonly logger: unknown });
    readonly allowAutoTopicCreation: boolean;
    readonly connectionPool: ConnectionPool;
    /** The newest version of a request that both sides know. */
    lookupRequest<Request, Response>(apiKey: number, definition: Definition<Request, Response>): (request: Request) => Protocol<Response>;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    /** Of all topics when none is named. */
    metadata(topics?: readonly string[]): Promise<unknown>;
  }
  export interface Definition<Request, Response> {
    protocol(options: { readonly version: number }): (request: Request) => Protocol<Response>;
  }
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  import type { Definition } from 'kafkajs/src/broker/index.js';
  interface OfTopic<Partition> {
    readonly topic: string;
    readonly partitions: readonly Partition[];
  }
  interface Failing {
    readonly errorCode: number;
  }
  interface Message {
    readonly key: Uint8Array;
    readonly value: Uint8Array;
    readonly headers: Readonly<Record<string, string>>;
  }
  const protocol: {
    readonly requests: {
      readonly Metadata: Definition<
        { readonly topics: readonly string[]; readonly allowAutoTopicCreation: boolean },
        {
          readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
          readonly topicMetadata: readonly {
            readonly topicErrorCode: number;
            readonly partitionMetadata: readonly { readonly partitionErrorCode: number; readonly partitionId: number; readonly leader: number }[];
          }[];
        }
      >;
      readonly InitProducerId: Definition<
        { readonly transactionTimeout: number },
        Failing & { readonly producerId: string; readonly producerEpoch: number }
      >;
      readonly Produce: Definition<
        {
          readonly acks: number;
          readonly timeout: number;
          readonly compression: number;
          readonly producerId: string;
          readonly producerEpoch: number;
          readonly topicData: readonly OfTopic<{ readonly partition: number; readonly firstSequence: number; readonly messages: readonly Message[] }>[];
        },
        { readonly topics: readonly { readonly partitions: readonly (Failing & { readonly partition: number; readonly baseOffset: string })[] }[] }
      >;
      readonly Fetch: Definition<
        {
          readonly isolationLevel: number;
          readonly maxWaitTime: number;
          readonly minBytes: number;
          readonly maxBytes: number;
          readonly rackId: string;
          readonly topics: readonly OfTopic<{ readonly partition: number; readonly fetchOffset: string; readonly maxBytes: number }>[];
        },
        {
          readonly errorCode?: number;
          readonly responses: readonly {
            readonly partitions: readonly (Failing & {
              readonly partition: number;
              readonly highWatermark: string;
              readonly messages: readonly {
                readonly offset: string;
                readonly key: Buffer | null;
                readonly value: Buffer | null;
                readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | null>>;
              }[];
            })[];
          }[];
        }
      >;
      readonly ListOffsets: Definition<
        { readonly isolationLevel: number; readonly topics: readonly OfTopic<{ readonly partition: number; readonly timestamp: number }>[] },
        { readonly responses: readonly { readonly partitions: readonly (Failing & { readonly partition: number; readonly offset: string })[] }[] }
      >;
      readonly GroupCoordinator: Definition<
        { readonly groupId: string; readonly coordinatorType: number },
        Failing & { readonly coordinator: { readonly nodeId: number; readonly host: string; readonly port: number } }
      >;
      readonly JoinGroup: Definition<
        {
          readonly groupId: string;
          readonly sessionTimeout: number;
          readonly rebalanceTimeout: number;
          readonly memberId: string;
          readonly groupInstanceId: string | null;
          readonly protocolType: string;
          readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
        },
        Failing & {
          readonly generationId: number;
          readonly leaderId: string;
          readonly memberId: string;
          readonly members: readonly { readonly memberId: string; readonly groupInstanceId: string | null }[];
        }
      >;
      readonly SyncGroup: Definition<
        {
          readonly groupId: string;
          readonly generationId: number;
          readonly memberId: string;
          readonly groupInstanceId: string | null;
          readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
        },
        Failing & { readonly memberAssignment: Buffer }
      >;
      readonly Heartbeat: Definition<
        { readonly groupId: string; readonly groupGenerationId: number; readonly memberId: string; readonly groupInstanceId: string | null },
        Failing
      >;
      readonly LeaveGroup: Definition<{ readonly groupId: string; readonly memberId: string; readonly groupInstanceId: string | null }, Failing>;
      readonly OffsetCommit: Definition<
        {
          readonly groupId: string;
          readonly groupGenerationId: number;
          readonly memberId: string;
          readonly topics: readonly OfTopic<{ readonly partition: number; readonly offset: string }>[];
        },
        { readonly responses: readonly { readonly partitions: readonly (Failing & { readonly partition: number })[] }[] }
      >;
      readonly OffsetFetch: Definition<
        { readonly groupId: string; readonly topics: readonly OfTopic<{ readonly partition: number }>[] },
        Failing & { readonly responses: readonly { readonly partitions: readonly (Failing & { readonly partition: number; readonly offset: string })[] }[] }
      >;
    };
  };
  export default protocol;
}

declare module 'kafkajs/src/protocol/requests/apiKeys.js' {
  const apiKeys: Readonly<
    Record<
      | 'Metadata'
      | 'InitProducerId'
      | 'Produce'
      | 'Fetch'
      | 'ListOffsets'
      | 'GroupCoordinator'
      | 'JoinGroup'
      | 'SyncGroup'
      | 'Heartbeat'
      | 'LeaveGroup'
      | 'OffsetCommit'
      | 'OffsetFetch',
      number
    >
  >;
  export default apiKeys;
}

declare module 'kafkajs/src/protocol/error.js' {
  const errors: { createErrorFromCode(code: number): Error & { readonly type: string } };
  export default errors;
}

declare module 'kafkajs/src/loggers/index.js' {
  import type { LogEntry } from 'kafkajs';
  const loggers: { createLogger(options: { readonly level: number; readonly logCreator: () => (entry: LogEntry) => void }): unknown };
  export default loggers;
}

declare module 'kafkajs/src/network/socketFactory.js' {
  const createSocketFactory: () => unknown;
  export default createSocketFactory;
}

declare module 'kafkajs/src/network/connection.js' {
  export default class Connection {
    readonly socket?: { readonly connecting: boolean; readonly destroyed: boolean; destroy(error?: Error): unknown };
    /** While a login waits for an answer. */
    readonly authHandlers: { onError(): void } | null;
    connect(): Promise<boolean>;
    disconnect(): Promise<boolean>;
    isConnected(): boolean;
    /** Fails every request that waits or is under way. */
    rejectRequests(error: Error): void;
  }
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    pending: readonly unknown[];
    throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
}
