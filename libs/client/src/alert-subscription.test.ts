import { afterEach, describe, expect, it } from 'vitest';
import { CorridorError, systemClock } from '@corridor/kernel';
import {
  AlertDelivery,
  SubscribeAlertsFrom,
  type SubscribeAlertsRequest,
  type SubscribeAlertsResponse,
} from '@corridor/contracts/alerts/v1/alerts';
import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import type { SubscribeAlertsOptions } from './alert-subscription.ts';
import { connect, type Corridor } from './connect.ts';
import { startStubNode, statusError, STUB_SECRET, type StubNode, type SubscribeAlertsCall } from './testing/stub-node.ts';

const opened: { close(): void }[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.close()));

function client({ address }: StubNode): Corridor {
  const corridor = connect({ address, credentials: { actor: 'agencies/beta/actors/duty', secret: STUB_SECRET } });
  opened.push(corridor);
  return corridor;
}

/** A node that serves one script after the other, one for each stream; after its script a stream stays open. */
async function node(...scripts: (readonly SubscribeAlertsResponse[] | ((call: SubscribeAlertsCall) => void))[]) {
  const requests: SubscribeAlertsRequest[] = [];
  const stub = await startStubNode({
    alerts: {
      subscribeAlerts(call: SubscribeAlertsCall) {
        call.on('error', () => undefined);
        const script = scripts[requests.length] ?? [];
        requests.push(call.request);
        if (typeof script === 'function') script(call);
        else for (const event of script) call.write(event);
      },
    },
  });
  opened.push({ close: () => stub.kill() });
  return { ...stub, requests };
}

const alert = (id: string, padding = 0): SubscribeAlertsResponse => ({
  event: { $case: 'delivery', value: AlertDelivery.fromPartial({ cause: 'alert.raised', alert: { name: `alerts/${id}`, topic: 'x'.repeat(padding) } }) },
});
const mark = (cursor: string): SubscribeAlertsResponse => ({ event: { $case: 'mark', value: { cursor: Buffer.from(cursor) } } });
const options: SubscribeAlertsOptions = { from: 'beginning' };
const textOf = (cursor: Uint8Array | undefined): string | undefined => (cursor === undefined ? undefined : Buffer.from(cursor).toString());

async function take(iterator: AsyncIterator<AlertDelivery>, count: number): Promise<(string | undefined)[]> {
  const taken: (string | undefined)[] = [];
  while (taken.length < count) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    taken.push(value.alert?.name);
  }
  return taken;
}

describe('a subscription to alerts', () => {
  it('asks for what it was told and yields alerts in order', async () => {
    const stub = await node([alert('a'), mark('after a'), alert('b')]);
    const filter = { topics: ['displacement/*/severe'], statuses: [CapStatus.CAP_STATUS_EXERCISE] };
    expect(await take(client(stub).subscribeAlerts({ ...options, filter })[Symbol.asyncIterator](), 2)).toEqual(['alerts/a', 'alerts/b']);
    expect(stub.requests).toMatchObject([{ filter, from: SubscribeAlertsFrom.SUBSCRIBE_ALERTS_FROM_BEGINNING }]);
  });

  it('begins now, with alerts whose status is actual, unless told otherwise', async () => {
    const stub = await node([alert('a')]);
    await take(client(stub).subscribeAlerts()[Symbol.asyncIterator](), 1);
    expect(stub.requests).toMatchObject([{ filter: { topics: [], statuses: [] }, from: SubscribeAlertsFrom.SUBSCRIBE_ALERTS_FROM_NOW }]);
  });

  it('moves its cursor over an alert only when the next one is asked for', async () => {
    const stub = await node([alert('a'), mark('after a'), alert('b'), mark('after b')]);
    const subscription = client(stub).subscribeAlerts({ ...options, cursor: Buffer.from('stored') });
    const iterator = subscription[Symbol.asyncIterator]();
    await take(iterator, 1);
    expect([textOf(subscription.cursor), subscription.connected]).toEqual(['stored', true]);
    await take(iterator, 1);
    expect(textOf(subscription.cursor)).toBe('after a');
    expect(textOf(stub.requests[0]?.cursor)).toBe('stored');
  });

  it('goes on from the last mark when the node comes back', async () => {
    const stub = await node([alert('a'), mark('after a'), alert('b')], [alert('b'), mark('after b'), alert('c')]);
    const subscription = client(stub).subscribeAlerts(options);
    const iterator = subscription[Symbol.asyncIterator]();
    expect(await take(iterator, 2)).toEqual(['alerts/a', 'alerts/b']);
    const next = take(iterator, 2);
    stub.kill();
    await stub.restart();
    expect(await next).toEqual(['alerts/b', 'alerts/c']);
    expect(stub.requests.map(({ cursor }) => textOf(cursor))).toEqual(['', 'after a']);
  });

  it('drops what it has not yielded behind the last mark when the connection breaks, not the mark itself', async () => {
    const stub = await node([alert('a'), mark('after a'), alert('b')], [alert('b')]);
    const corridor = client(stub);
    const iterator = corridor.subscribeAlerts(options)[Symbol.asyncIterator]();
    expect(await take(iterator, 1)).toEqual(['alerts/a']);
    // An answer over the same connection: what was written before it has arrived.
    await corridor.alerts.getAlert({ name: 'alerts/x' }).catch(() => undefined);
    stub.kill();
    await stub.restart();
    // One over the next connection: the stream of the one before it has broken.
    await corridor.alerts.getAlert({ name: 'alerts/x' }).catch(() => undefined);
    expect(await take(iterator, 1)).toEqual(['alerts/b']);
    expect(stub.requests.map(({ cursor }) => textOf(cursor))).toEqual(['', 'after a']);
  });

  it('tries again at once after a stream that brought something, however often streams break', async () => {
    const waits: number[] = [];
    const broken = Array.from({ length: 8 }, (_, i) => (call: SubscribeAlertsCall) => {
      call.write(alert(`${i}`));
      call.write(mark(`after ${i}`));
      call.end();
    });
    const stub = await node(...broken);
    const clock = { ...systemClock, wait: async (ms: number) => void waits.push(ms) };
    const corridor = connect({ address: stub.address, credentials: { actor: 'agencies/beta/actors/duty', secret: STUB_SECRET }, clock });
    opened.push(corridor);
    expect(await take(corridor.subscribeAlerts(options)[Symbol.asyncIterator](), 8)).toEqual(broken.map((_, i) => `alerts/${i}`));
    expect(waits.length).toBe(7);
    expect(Math.max(...waits)).toBeLessThanOrEqual(100);
  });

  it('stops reading when its reader does not take, and goes on when it does', async () => {
    const total = 400;
    let written = 0;
    const stub = await node((call) => {
      const write = (): void => {
        while (written < total) {
          written += 1;
          if (!call.write(alert(`${written}`, 50_000))) {
            call.once('drain', write);
            return;
          }
        }
      };
      write();
    });
    const corridor = client(stub);
    const iterator = corridor.subscribeAlerts({ ...options, maxBytesAhead: 100_000 })[Symbol.asyncIterator]();
    await take(iterator, 1);
    // Round trips over the same connection give the node every occasion to write on.
    for (let i = 0; i < 200 && written < total; i += 1) await corridor.alerts.getAlert({ name: 'alerts/x' }).catch(() => undefined);
    expect(written).toBeLessThan(total);
    expect((await take(iterator, total - 1)).at(-1)).toBe(`alerts/${total}`);
  });

  it('ends without an error when its signal aborts, fails when it is refused, is iterated once', async () => {
    const stub = await node([alert('a')], (call) => void call.emit('error', statusError(new CorridorError('CURSOR_INVALID', 'no cursor of this filter'))));
    const stop = new AbortController();
    const subscription = client(stub).subscribeAlerts({ ...options, signal: stop.signal });
    for await (const { cause } of subscription) {
      expect(cause).toBe('alert.raised');
      stop.abort();
    }
    await expect(subscription[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: 'STATE_FORBIDS' });
    await expect(client(stub).subscribeAlerts(options)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: 'CURSOR_INVALID' });
  });
});
