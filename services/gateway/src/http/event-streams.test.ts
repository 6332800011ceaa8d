import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { SubscribeRequest, SubscribeResponse } from '@corridor/contracts/hub/v1/hub';
import { CorridorError } from '@corridor/kernel';
import { CONFIRMATION_MS } from '@corridor/runtime';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Event, EventStream } from '../testing/caller.ts';
import { HOUR_MS, refusal, startGateway, type TestGateway, type TestGatewayOptions } from '../testing/test-gateway.ts';
import { HEARTBEAT_MS } from './event-stream.ts';

type Subscription = ServerWritableStream<SubscribeRequest, SubscribeResponse>;

const running: TestGateway[] = [];
const opened: EventStream[] = [];
afterEach(async () => {
  for (const stream of opened.splice(0)) stream.close();
  for (const gateway of running.splice(0)) await gateway.stop();
});

/** A gateway whose node has the subscriptions in the hands of the test. */
async function started(options: TestGatewayOptions = {}): Promise<TestGateway & { readonly subscriptions: Subscription[] }> {
  const subscriptions: Subscription[] = [];
  const gateway = await startGateway({ hub: { subscribe: (call: Subscription) => void subscriptions.push(call) }, ...options });
  running.push(gateway);
  return { ...gateway, subscriptions };
}

const mark = (cursor: string): SubscribeResponse => ({ event: { $case: 'mark', value: { cursor: Buffer.from(cursor) } } });
const delivery = (size = 0): SubscribeResponse => ({
  event: { $case: 'delivery', value: { batch: Buffer.alloc(0), salt: Buffer.alloc(size), publishTime: undefined, expireTime: undefined } },
});

/** Opens a stream, once the node has answered it with a mark. */
async function subscribed({ subscriptions, program }: Awaited<ReturnType<typeof started>>, headers: Readonly<Record<string, string>> = {}, query = ''): Promise<{ readonly stream: EventStream; readonly node: Subscription }> {
  const before = subscriptions.length;
  const opening = program().then((caller) => caller.events(`/api/v1/hub/subscribe?purpose=planning${query}`, headers));
  const node = await vi.waitFor(() => subscriptions[before] ?? expect.fail('the node was not asked'));
  node.write(mark('the first'));
  const stream = await opening;
  opened.push(stream);
  return { stream, node };
}

async function take(stream: EventStream, count: number): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const event of stream) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

const id = (cursor: string): string => Buffer.from(cursor).toString('base64url');

describe('a stream of events', () => {
  it('has an event for each message, by the name of what it holds; a mark has its cursor as its id', async () => {
    const { stream, node } = await subscribed(await started());
    node.write({ event: { $case: 'windowOpened', value: { windowId: 'w' } } });
    node.write({ event: undefined });
    node.write(mark('the second?>'));
    expect(await take(stream, 3)).toEqual([
      { id: id('the first'), name: 'mark', data: { cursor: Buffer.from('the first').toString('base64') } },
      { id: undefined, name: 'windowOpened', data: { windowId: 'w' } },
      { id: id('the second?>'), name: 'mark', data: { cursor: Buffer.from('the second?>').toString('base64') } },
    ]);
  });

  it('goes on from the last event that a browser has seen, else from the cursor of its query', async () => {
    const gateway = await started();
    const cursorOf = ({ node }: { readonly node: Subscription }): string => node.request.cursor.toString();
    expect(cursorOf(await subscribed(gateway, {}, `&cursor=${id('of the query')}`))).toBe('of the query');
    expect(cursorOf(await subscribed(gateway, { 'last-event-id': id('seen?>') }, `&cursor=${id('of the query')}`))).toBe('seen?>');
  });

  it('is refused in the form of every refusal as long as nothing has come over it', async () => {
    const { program } = await started({ hub: { subscribe: (call: Subscription) => void call.emit('error', refusal(new CorridorError('CURSOR_INVALID', 'the cursor is of another filter'))) } });
    const reader = await program();
    expect(await reader.events('/api/v1/hub/subscribe?purpose=planning')).toMatchObject({ status: 400, refused: { reason: 'CURSOR_INVALID', message: 'the cursor is of another filter' } });
    expect(await reader.events('/api/v1/hub/subscribe?purpose=gossip')).toMatchObject({ status: 400, refused: { reason: 'UNKNOWN_ENUM_VALUE' } });
    expect(await reader.events('/api/v1/hub/subscribe?purpose=planning', { 'last-event-id': '!' })).toMatchObject({ status: 400, refused: { reason: 'INVALID_ARGUMENT' } });
  });

  it('is opened also when nothing comes over it', async () => {
    const gateway = await started();
    const opening = gateway.program().then((reader) => reader.events('/api/v1/hub/subscribe?purpose=planning'));
    await vi.waitFor(() => expect(gateway.subscriptions).toHaveLength(1));
    gateway.clock.advance(1000);
    const stream = await opening;
    opened.push(stream);
    expect(stream.status).toBe(200);
  });

  it('tells why the node ends it', async () => {
    const { stream, node } = await subscribed(await started());
    node.emit('error', refusal(new CorridorError('AGENCY_NOT_ACTIVE', 'the agency relief is suspended', { agency: 'relief' })));
    expect((await take(stream, 9)).at(-1)).toMatchObject({ name: 'refusal', data: { reason: 'AGENCY_NOT_ACTIVE', message: 'the agency relief is suspended', metadata: { agency: 'relief' } } });
  });

  it('ends with the gateway, which waits for none; no refusal, so that its reader connects again', async () => {
    const gateway = await started();
    const { stream, node } = await subscribed(gateway);
    const before = performance.now();
    await gateway.gateway.stop();
    expect(performance.now() - before).toBeLessThan(3000);
    expect((await take(stream, 9)).map(({ name }) => name)).toEqual(['mark']);
    await vi.waitFor(() => expect(node.cancelled).toBe(true));
  });

  it('ends at the node when the caller goes', async () => {
    const { stream, node } = await subscribed(await started());
    stream.close();
    await vi.waitFor(() => expect(node.cancelled).toBe(true));
  });

  it('is kept alive by a comment every 15 seconds', async () => {
    const gateway = await started();
    const { stream } = await subscribed(gateway);
    const taking = take(stream, 9);
    gateway.clock.advance(HEARTBEAT_MS);
    await vi.waitFor(() => expect(stream.comments()).toBe(1));
    gateway.clock.advance(HEARTBEAT_MS - 1);
    gateway.clock.advance(1);
    await vi.waitFor(() => expect(stream.comments()).toBe(2));
    stream.close();
    await taking.catch(() => undefined);
  });

  it('takes nothing from the node while the caller is behind', async () => {
    const { node } = await subscribed(await started());
    const size = 64 * 1024;
    let taken = 0;
    // The caller does not read: only what buffers on the way hold is taken.
    while (taken < 2000 && (node.write(delivery(size)) || (await drained(node)))) taken += 1;
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(400);
  });

  it('is broken off when its caller did not take in time what came before a change of policy', async () => {
    const gateway = await started();
    const { node } = await subscribed(gateway);
    await fill(node);
    gateway.changePolicy();
    gateway.clock.advance(CONFIRMATION_MS / 2 - 1);
    expect(node.cancelled).toBe(false);
    gateway.clock.advance(1);
    await vi.waitFor(() => expect(node.cancelled).toBe(true));
  });

  it('is broken off at once when its caller is behind and the policy state is no longer confirmed', async () => {
    const gateway = await started();
    const { node } = await subscribed(gateway);
    await fill(node);
    gateway.lapsePolicy();
    await vi.waitFor(() => expect(node.cancelled).toBe(true));
  });

  it('drops what its caller did not take when the node breaks it off', async () => {
    const taken: Subscription[] = [];
    const onlyOne = (call: Subscription): void => {
      if (taken.length > 0) call.emit('error', refusal(new CorridorError('CURSOR_INVALID', 'one is enough')));
      else taken.push(call);
    };
    const gateway = { ...(await started({ limits: { streamsPerActor: 1 }, hub: { subscribe: onlyOne } })), subscriptions: taken };
    const { stream, node } = await subscribed(gateway);
    await fill(node);
    breakOff(node);
    const reader = await gateway.program();
    // Its place is free once it has ended.
    await vi.waitFor(async () => expect((await reader.events('/api/v1/hub/subscribe?purpose=planning')).status).toBe(400), 10_000);
    await expect(take(stream, 1000)).rejects.toThrow('aborted');
  });

  it('outlives a change of policy when its caller has taken everything', async () => {
    const gateway = await started();
    const { stream, node } = await subscribed(gateway);
    const taking = take(stream, 3);
    node.write(delivery());
    await vi.waitFor(() => expect(node.writableLength).toBe(0));
    gateway.changePolicy();
    await new Promise((resolve) => setImmediate(resolve));
    gateway.clock.advance(CONFIRMATION_MS);
    node.write(mark('the last'));
    expect((await taking).at(-1)).toMatchObject({ id: id('the last') });
  });
});

/** As the node breaks a stream off: by HTTP/2, with REFUSED_STREAM. */
function breakOff(node: Subscription): void {
  const call: unknown = Reflect.get(node, 'call');
  const stream: unknown = call instanceof Object && 'stream' in call ? call.stream : undefined;
  if (!(stream instanceof Object && 'close' in stream && typeof stream.close === 'function')) throw new Error('grpc-js has another stream below');
  Reflect.apply(stream.close, stream, [7]);
}

/** Writes until nothing on the way takes more: a busy machine may be slow to pass on what it holds. */
async function fill(node: Subscription): Promise<void> {
  for (let taken = 0; taken < 1000 && (node.write(delivery(64 * 1024)) || (await drained(node, 1500))); taken += 1);
}

/** Whether a stream that was full takes more before long. */
const drained = (node: Subscription, withinMs = 200): Promise<boolean> =>
  once(node, 'drain', { signal: AbortSignal.timeout(withinMs) }).then(
    () => true,
    () => false,
  );

describe('streams', () => {
  it('are limited for each actor, and a closed one makes room', async () => {
    const gateway = await started({ limits: { streamsPerActor: 2 } });
    const { stream } = await subscribed(gateway);
    await subscribed(gateway);
    const third = () => gateway.program().then((reader) => reader.events('/api/v1/hub/subscribe?purpose=planning'));
    expect(await third()).toMatchObject({ status: 429, refused: { reason: 'RATE_LIMITED', metadata: { limit: '2' } } });
    stream.close();
    await vi.waitFor(() => expect(gateway.subscriptions[0]?.cancelled).toBe(true));
    await expect(subscribed(gateway)).resolves.toMatchObject({ stream: { status: 200 } });
  });

  it('are limited altogether', async () => {
    const gateway = await started({ limits: { streams: 1 } });
    await subscribed(gateway);
    const other = await gateway.program('agencies/relief/actors/reader-2', HOUR_MS);
    expect(await other.events('/api/v1/hub/subscribe?purpose=planning')).toMatchObject({ status: 429, refused: { reason: 'RATE_LIMITED' } });
  });
});
