import type Broker from 'kafkajs/src/broker/index.js';
import type { Protocol } from 'kafkajs/src/broker/index.js';
import { letGo } from './let-go.ts';

/** How long a broker may take to answer what it knows by itself, ms. */
const ANSWER_MS = 3000;

/** Sends a request. */
export async function send<Response>(broker: Broker, request: Protocol<Response>): Promise<Response> {
  try {
    return await broker.connectionPool.send(request);
  } catch (error) {
    // As kafkajs does: what is left of the connections to this broker is of no use.
    if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw error;
  }
}

/**
 * Asks a broker what it answers at once when it is well. One that does not is let go, and with it whatever else waits for
 * it: kafkajs counts it as connected, prefers it to those it would have to connect to, and asks it again and again.
 */
export async function sendInTime<Response>(broker: Broker, request: Protocol<Response>): Promise<Response> {
  const timer = setTimeout(() => void letGo(broker.connectionPool), ANSWER_MS);
  try {
    return await send(broker, request);
  } finally {
    clearTimeout(timer);
  }
}
