import { afterEach, describe, expect, it } from 'vitest';
import { CorridorError } from '@corridor/kernel';
import type { PublishAck, PublishStreamRequest } from '@corridor/contracts/hub/v1/hub';
import { connect, type Corridor } from './connect.ts';
import { requestOf } from './testing/requests.ts';
import { startStubNode, statusError, STUB_SECRET, tokenOf, type PublishCall, type StubNode } from './testing/stub-node.ts';

const opened: { close(): void }[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.close()));

function client({ address }: StubNode, secret = STUB_SECRET): Corridor {
  const corridor = connect({ address, credentials: { actor: 'agencies/alpha/actors/publisher', secret } });
  opened.push(corridor);
  return corridor;
}

async function node(publishStream: (call: PublishCall) => void): Promise<StubNode> {
  const stub = await startStubNode({ hub: { publishStream } });
  opened.push({ close: () => stub.kill() });
  return stub;
}

const ackOf = (sequence: bigint): PublishAck => ({ sequence, position: { partition: 0, offset: sequence }, exceptions: [], error: undefined });
const itemError = (reason: string, code: number) => ({ reason, code, message: `${reason} said the node`, metadata: { field: 'series' } });

/** Acknowledges everything at once. */
const willing = (call: PublishCall): void => {
  call.on('data', ({ sequence }: PublishStreamRequest) => call.write({ acks: [ackOf(sequence)] }));
  call.on('end', () => call.end());
};

describe('publisher', () => {
  it('resolves each message with its own acknowledgement, in whatever order they come', async () => {
    const publisher = client(
      await node((call) => {
        const seen: bigint[] = [];
        call.on('data', ({ sequence }: PublishStreamRequest) => {
          seen.push(sequence);
          if (seen.length === 3) call.write({ acks: seen.toReversed().map(ackOf) });
        });
        call.on('end', () => call.end());
      }),
    ).publisher();
    const acks = await Promise.all([1, 2, 3].map(() => publisher.publish(requestOf(1))));
    expect(acks.map(({ position }) => position?.offset)).toEqual([1n, 2n, 3n]);
    await publisher.close();
  });

  it('has no more messages in flight than it may', async () => {
    let unanswered = 0;
    let most = 0;
    const publisher = client(
      await node((call) => {
        const held: bigint[] = [];
        call.on('data', ({ sequence }: PublishStreamRequest) => {
          held.push(sequence);
          most = Math.max(most, (unanswered += 1));
          // Answers only what has come together in one turn, so that as much as allowed piles up.
          if (held.length === 1)
            setImmediate(() => {
              unanswered -= held.length;
              call.write({ acks: held.splice(0).map(ackOf) });
            });
        });
        call.on('end', () => call.end());
      }),
    ).publisher({ maxInFlight: 8 });
    await Promise.all(Array.from({ length: 100 }, () => publisher.publish(requestOf(1))));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('makes a loop that awaits ready() wait for acknowledgements', async () => {
    const calls: PublishCall[] = [];
    const seen: bigint[] = [];
    const arrived = Promise.withResolvers<void>();
    const publisher = client(
      await node((call) => {
        calls.push(call);
        call.on('data', ({ sequence }: PublishStreamRequest) => {
          seen.push(sequence);
          if (seen.length === 2) arrived.resolve();
        });
        call.on('end', () => call.end());
      }),
    ).publisher({ maxInFlight: 2 });
    const first = publisher.publish(requestOf(1));
    const second = publisher.publish(requestOf(1));
    let isReady = false;
    const ready = publisher.ready().then(() => (isReady = true));
    await arrived.promise;
    expect(isReady).toBe(false);
    calls[0]?.write({ acks: [ackOf(1n)] });
    await ready;
    await first;
    calls[0]?.write({ acks: [ackOf(2n)] });
    await second;
    await publisher.close();
  });

  it('sends what was not acknowledged again, with the same ids and in order, when the node comes back', async () => {
    const received: string[][] = [];
    let answering = false;
    const firstArrived = Promise.withResolvers<void>();
    const stub = await node((call) => {
      const ids: string[] = [];
      received.push(ids);
      call.on('error', () => undefined);
      call.on('data', ({ sequence, publish }: PublishStreamRequest) => {
        ids.push(publish?.updates[0]?.updateId ?? '');
        if (answering) call.write({ acks: [ackOf(sequence)] });
        else if (sequence === 1n) call.write({ acks: [ackOf(1n)] });
        if (ids.length === 4) firstArrived.resolve();
      });
      call.on('end', () => call.end());
    });
    const publisher = client(stub).publisher();
    const requests = Array.from({ length: 4 }, () => requestOf(1));
    const acks = requests.map((request) => publisher.publish(request));
    await firstArrived.promise;
    await acks[0];
    stub.kill();
    answering = true;
    await stub.restart();
    expect((await Promise.all(acks)).map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n, 4n]);
    expect(received.at(-1)).toEqual(requests.slice(1).map(({ updates }) => updates[0]?.updateId));
    await publisher.close();
  });

  it('rejects one refused message with the reason of the node and goes on with the others', async () => {
    const publisher = client(
      await node((call) => {
        call.on('data', ({ sequence }: PublishStreamRequest) =>
          call.write({ acks: [sequence === 1n ? { ...ackOf(sequence), error: itemError('HANDLING_MISSING', 3) } : ackOf(sequence)] }),
        );
        call.on('end', () => call.end());
      }),
    ).publisher();
    const [refused, accepted] = [publisher.publish(requestOf(1)), publisher.publish(requestOf(1))];
    await expect(refused).rejects.toMatchObject({ reason: 'HANDLING_MISSING', metadata: { field: 'series' } });
    await expect(accepted).resolves.toMatchObject({ sequence: 2n });
    await publisher.close();
  });

  it('sends a message that the node put off once more', async () => {
    let tries = 0;
    const publisher = client(
      await node((call) => {
        call.on('data', ({ sequence }: PublishStreamRequest) => {
          tries += 1;
          call.write({ acks: [tries === 1 ? { ...ackOf(sequence), error: itemError('QUEUE_FULL', 8) } : ackOf(sequence)] });
        });
        call.on('end', () => call.end());
      }),
    ).publisher();
    await expect(publisher.publish(requestOf(1))).resolves.toMatchObject({ sequence: 1n });
    expect(tries).toBe(2);
    await publisher.close();
  });

  it('fails for good, with the reason, when the node refuses the stream', async () => {
    const publisher = client(await node((call) => void call.emit('error', statusError(new CorridorError('PERMISSION_DENIED', 'not a publisher'))))).publisher();
    await expect(publisher.publish(requestOf(1))).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await expect(publisher.publish(requestOf(1))).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await publisher.close();
  });

  it('fails for good when the secret is wrong', async () => {
    const publisher = client(await node(willing), 'not the secret of it').publisher();
    await expect(publisher.publish(requestOf(1))).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
  });

  it('gets a fresh token when the one it had ends under the stream', async () => {
    const tokens: string[] = [];
    const publisher = client(
      await node((call) => {
        tokens.push(tokenOf(call));
        if (tokens.length === 1) call.emit('error', statusError(new CorridorError('UNAUTHENTICATED', 'the token has expired')));
        else willing(call);
      }),
    ).publisher();
    await publisher.publish(requestOf(1));
    expect(tokens).toEqual(['token-1', 'token-2']);
    await publisher.close();
  });

  it('says that the outcome is unknown when no acknowledgement comes in time', async () => {
    const publisher = client(await node((call) => void call.resume())).publisher({ deadlineMs: 50 });
    await expect(publisher.publish(requestOf(1))).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });

  it('settles everything before flush() and close() resolve, and takes nothing afterwards', async () => {
    const publisher = client(await node(willing)).publisher();
    let settled = 0;
    for (let i = 0; i < 50; i += 1) void publisher.publish(requestOf(1)).then(() => (settled += 1));
    await publisher.flush();
    expect(settled).toBe(50);
    await publisher.close();
    await expect(publisher.publish(requestOf(1))).rejects.toMatchObject({ reason: 'STATE_FORBIDS' });
  });
});
