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

/** Asks a broker that answers with one topic of two partitions, one of which has no leader. */
async function metadataOf(topics: readonly string[], topicErrorCode = 0): Promise<unknown> {
  const answer = {
    brokers: [{ nodeId: 1, host: 'one', port: 1 }],
    topicMetadata: [
      {
        topicErrorCode,
        topic: 'a.v1',
        partitionMetadata: [
          { partitionErrorCode: LEADER_NOT_AVAILABLE, partitionId: 0, leader: -1 },
          { partitionErrorCode: 0, partitionId: 1, leader: 1 },
        ],
      },
    ],
  };
  const parse = vi.fn();
  const broker = new Broker({ connectionPool: { host: 'one', port: 1, send: <R>({ response }: Protocol<R>) => response.decode(answer).then((data) => response.parse(data)) }, logger: { namespace: () => ({}) } });
  broker.lookupRequest = () => () => ({ request: {}, response: { decode: (data) => Promise.resolve(data as never), parse } });
  try {
    return await broker.metadata(topics);
  } finally {
    expect(parse).not.toHaveBeenCalled();
  }
}

describe('what a broker says of its cluster', () => {
  it('is read also when a partition has no leader', async () => {
    expect(await metadataOf([])).toMatchObject({ brokers: [{ nodeId: 1 }] });
    expect(await metadataOf(['a.v1'])).toMatchObject({ brokers: [{ nodeId: 1 }] });
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
