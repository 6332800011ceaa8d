import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { Clock } from '@corridor/kernel';
import { converse, headersFor } from './call.ts';
import type { Connection } from './connection.ts';

/** What a replica says of itself by grpc.health.v1; `unknown` until it has said something. */
export type Health = 'serving' | 'unknown' | 'not serving';

const WATCH = '/grpc.health.v1.Health/Watch';
/** HealthCheckRequest of the whole: all fields empty. */
const OF_THE_WHOLE = new Uint8Array();
const SERVING = 1;
const UNIMPLEMENTED = 12;
/** So long after a watch broke off the next begins, in milliseconds. */
const AGAIN_MS = 1000;

/**
 * Tells what the other side of a connection says of itself, whenever it says something, for as long as the connection
 * takes calls. One that has no health service serves.
 */
export async function watchHealth(connection: Connection, clock: Clock, signal: AbortSignal, told: (health: Health) => void): Promise<void> {
  // A watch that stayed would hold up a replica that stops.
  const left = new AbortController();
  void connection.leaving.then(() => left.abort());
  const ended = AbortSignal.any([signal, left.signal]);
  while (connection.takesCalls && !signal.aborted) {
    const { code } = await converse(connection.request(headersFor(WATCH)), OF_THE_WHOLE, ended, (message) => told(healthIn(message)));
    if (code === UNIMPLEMENTED) return told('serving');
    await clock.wait(AGAIN_MS, ended).catch(() => undefined);
  }
}

/** HealthCheckResponse = 1: ServingStatus status. */
function healthIn(message: Buffer): Health {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1) return reader.int32() === SERVING ? 'serving' : 'not serving';
    reader.skip(type, number);
  }
  return 'not serving';
}
