import Broker from 'kafkajs/src/broker/index.js';
import Connection from 'kafkajs/src/network/connection.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import errors from 'kafkajs/src/protocol/error.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { sendInTime } from './in-time.ts';
import { letGo } from './let-go.ts';

/*
 * What kafkajs 2.2.4 needs repaired; there are no releases of it any more. Import this before kafkajs is used.
 */

/**
 * A queue looks at itself again every millisecond, for as long as the connection lives, by a timer with a negative time of
 * which Node 24 warns. It need look again only while something waits or the broker throttles.
 */
RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests(this: RequestQueue): void {
  const throttledMs = this.throttledUntil - Date.now();
  if (this.throttleCheckTimeoutId !== null || (this.pending.length === 0 && throttledMs <= 0)) return;
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, Math.max(10, throttledMs));
};

/** Requests that find a connection closed each open a socket, of which only the last one is ever used or closed. */
const connect = Connection.prototype.connect;
const connecting = new WeakMap<Connection, Promise<boolean>>();
Connection.prototype.connect = function connectOnce(this: Connection): Promise<boolean> {
  const underWay = connecting.get(this);
  if (underWay !== undefined) return underWay;
  const begun = connect.call(this).finally(() => connecting.delete(this));
  connecting.set(this, begun);
  return begun;
};

/**
 * A connection that is closed and closed again, as each attempt to reach its broker does, has its dead socket wait each
 * time for being connected.
 */
const disconnect = Connection.prototype.disconnect;
Connection.prototype.disconnect = async function disconnectOnce(this: Connection): Promise<boolean> {
  if (this.socket?.destroyed === true && !this.isConnected()) return true;
  return disconnect.call(this);
};

/** How long a broker may take to let us in, ms: connection, versions and login together. */
const ENTRY_MS = 6000;

/**
 * A broker that takes a connection and then says nothing is afterwards taken for connected, though nothing is known of
 * what it understands; a login waits for it for ever.
 */
const enter = Broker.prototype.connect;
const entering = new WeakMap<Broker, Promise<void>>();
Broker.prototype.connect = function enterInTime(this: Broker): Promise<void> {
  const underWay = entering.get(this);
  if (underWay !== undefined) return underWay;
  const begun = entered(this).finally(() => entering.delete(this));
  entering.set(this, begun);
  return begun;
};

async function entered(broker: Broker): Promise<void> {
  const timer = setTimeout(() => void letGo(broker.connectionPool), ENTRY_MS);
  try {
    await enter.call(broker);
  } catch (error) {
    await letGo(broker.connectionPool);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What a broker says of its cluster is thrown away when any partition of any topic that was asked for is without a leader:
 * asked for all of them, kafkajs then learns of no broker at all. Whoever reads an answer sees which partitions have leaders.
 */
Broker.prototype.metadata = async function metadata(this: Broker, topics: readonly string[] = []): Promise<unknown> {
  const request = this.lookupRequest(apiKeys.Metadata, protocol.requests.Metadata)({ topics, allowAutoTopicCreation: this.allowAutoTopicCreation });
  const answer = await sendInTime(this, { ...request, response: { decode: request.response.decode, parse: (data) => Promise.resolve(data) } });
  const failed = topics.length === 0 ? undefined : answer.topicMetadata.find(({ topicErrorCode }) => topicErrorCode !== 0);
  if (failed !== undefined) throw errors.createErrorFromCode(failed.topicErrorCode);
  return answer;
};
