import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import './kafkajs-repairs.ts';
import Broker from 'kafkajs/src/broker/index.js';
import type { Protocol } from 'kafkajs/src/broker/index.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isPassingFault } from './faults.ts';
import { Wire } from './wire.ts';

const LEADER_NOT_AVAILABLE = 5;
const UNKNOWN_TOPIC = 3;

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)]);
const list = (...members: readonly Buffer[]): Buffer => Buffer.concat([int32(members.length), ...members]);

/** Asks a broker that answers with itself and one topic of two partitions, one of which has no leader. */
async function metadataOf(topics: readonly string[], topicError = 0): Promise<unknown> {
  const partition = (id: number, error: number, leader: number): Buffer => Buffer.concat([int16(error), int32(id), int32(leader), list(), list()]);
  const brokers = list(Buffer.concat([int32(7), text('one'), int32(9092)]));
  const answer = Buffer.concat([brokers, list(Buffer.concat([int16(topicError), text('a.v1'), list(partition(0, LEADER_NOT_AVAILABLE, -1), partition(1, 0, 7))]))]);
  const send = async <R>({ response }: Protocol<R>): Promise<R> => response.parse(await response.decode(answer));
  const broker = new Broker({ connectionPool: { host: 'one', port: 9092, send }, logger: { namespace: () => ({}) } });
  broker.lookupRequest = (_, definition) => definition.protocol({ version: 0 });
  return broker.metadata(topics);
}

describe('what a broker says of its cluster', () => {
  it('is read also when a partition has no leader', async () => {
    expect(await metadataOf([])).toMatchObject({ brokers: [{ nodeId: 7, host: 'one' }] });
    expect(await metadataOf(['a.v1'])).toMatchObject({ brokers: [{ nodeId: 7, host: 'one' }] });
  });

  it('is an error when the topic that was asked for is not there', async () => {
    await expect(metadataOf(['a.v1'], UNKNOWN_TOPIC)).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
  });
});

describe('a broker that takes connections and says nothing', () => {
  let server: Server | undefined;
  let wire: Wire | undefined;
  afterEach(async () => {
    vi.useRealTimers();
    await wire?.close();
    server?.close();
  });

  /** What becomes of a question once the broker has taken the request. */
  async function asked(of: Wire, taken: Promise<unknown>): Promise<unknown> {
    const outcome = of.leaders('a.v1').catch((error: unknown) => error);
    await taken;
    await vi.advanceTimersByTimeAsync(6000);
    return outcome;
  }

  it('is let go, and asked anew on a new connection', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const silent = (server = createServer({}, (socket) => socket.on('error', () => undefined)));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const request = async (): Promise<Socket> => {
      const [socket]: Socket[] = await once(silent, 'connection');
      if (socket === undefined) expect.fail('no connection');
      await once(socket, 'data');
      return socket;
    };
    wire = new Wire({ brokers: [`127.0.0.1:${port}`], clientId: 'test' }, () => undefined);
    for (const _ of ['first', 'second']) {
      const taken = request();
      const error = await asked(wire, taken);
      expect(isPassingFault(error), String(error)).toBe(true);
      const socket = await taken;
      await vi.waitFor(() => expect(socket.readableEnded || socket.destroyed).toBe(true));
    }
  });

  it('is not connected to any more once the wire is closed', async () => {
    const none = new Wire({ brokers: ['127.0.0.1:1'], clientId: 'test' }, () => undefined);
    await none.close();
    await expect(none.leaders('a.v1')).rejects.toThrow('Closed here');
  });
});
