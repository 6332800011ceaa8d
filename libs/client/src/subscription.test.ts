import { afterEach, describe, expect, it } from 'vitest';
import { CorridorError } from '@corridor/kernel';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { AcknowledgeDeliveryRequest, SubscribeRequest, SubscribeResponse } from '@corridor/contracts/hub/v1/hub';
import { connect, type Corridor } from './connect.ts';
import type { Delivery, SubscribeOptions } from './subscription.ts';
import { mark, WindowScript } from './testing/deliveries.ts';
import { startStubNode, statusError, STUB_SECRET, type StubNode, type SubscribeCall } from './testing/stub-node.ts';
import type { WindowReceipt } from './window-watch.ts';

const opened: { close(): void }[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.close()));

function client({ address }: StubNode): Corridor {
  const corridor = connect({ address, credentials: { actor: 'agencies/beta/actors/reader', secret: STUB_SECRET } });
  opened.push(corridor);
  return corridor;
}

/** A node that serves one script after the other, one for each stream; after its script a stream stays open. */
async function node(...scripts: (readonly SubscribeResponse[] | ((call: SubscribeCall) => void))[]) {
  const requests: SubscribeRequest[] = [];
  const acknowledged: AcknowledgeDeliveryRequest[] = [];
  const stub = await startStubNode({
    hub: {
      subscribe(call: SubscribeCall) {
        call.on('error', () => undefined);
        const script = scripts[requests.length] ?? [];
        requests.push(call.request);
        if (typeof script === 'function') script(call);
        else for (const event of script) call.write(event);
      },
      acknowledgeDelivery(call: { readonly request: AcknowledgeDeliveryRequest }, answer: (error: null, response: object) => void) {
        acknowledged.push(call.request);
        answer(null, {});
      },
    },
  });
  opened.push({ close: () => stub.kill() });
  return { ...stub, requests, acknowledged };
}

const options: SubscribeOptions = { purpose: Purpose.PURPOSE_PLANNING, from: 'beginning' };
const textOf = (cursor: Uint8Array | undefined): string | undefined => (cursor === undefined ? undefined : Buffer.from(cursor).toString());

async function take(iterator: AsyncIterator<Delivery>, count: number): Promise<Delivery[]> {
  const taken: Delivery[] = [];
  while (taken.length < count) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

const seriesOf = (deliveries: readonly Delivery[]): string[] => deliveries.map(({ batch }) => batch.series);

describe('subscription', () => {
  it('yields deliveries in order with their bytes, salt and place in their window', async () => {
    const window = new WindowScript('w1');
    const stub = await node([window.open(), window.delivery('a'), window.delivery('b')]);
    const deliveries = await take(client(stub).subscribe(options)[Symbol.asyncIterator](), 2);
    expect(seriesOf(deliveries)).toEqual(['a', 'b']);
    expect(deliveries.map(({ windowId, index }) => [windowId, index])).toEqual([['w1', 0], ['w1', 1]]);
    expect(deliveries.map(({ raw }) => raw.salt.length)).toEqual([16, 16]);
  });

  it('moves its cursor over a delivery only when the next one is asked for', async () => {
    const window = new WindowScript('w1');
    const stub = await node([window.open(), window.delivery('a'), mark('after a'), window.delivery('b'), mark('after b')]);
    const subscription = client(stub).subscribe({ ...options, cursor: Buffer.from('stored') });
    const iterator = subscription[Symbol.asyncIterator]();
    await take(iterator, 1);
    expect(textOf(subscription.cursor)).toBe('stored');
    await take(iterator, 1);
    expect(textOf(subscription.cursor)).toBe('after a');
    expect(textOf(stub.requests[0]?.cursor)).toBe('stored');
  });

  it('goes on from the last mark when the node comes back, and drops what it has not yielded behind that mark', async () => {
    const [first, second] = [new WindowScript('w1'), new WindowScript('w2')];
    const stub = await node(
      [first.open(), first.delivery('a'), mark('after a'), first.delivery('b')],
      [second.open(), second.delivery('b'), mark('after b'), second.delivery('c')],
    );
    const iterator = client(stub).subscribe(options)[Symbol.asyncIterator]();
    expect(seriesOf(await take(iterator, 2))).toEqual(['a', 'b']);
    const next = take(iterator, 2);
    stub.kill();
    await stub.restart();
    // b was yielded and not yet marked: it comes again, nothing is left out.
    expect(seriesOf(await next)).toEqual(['b', 'c']);
    expect(textOf(stub.requests[1]?.cursor)).toBe('after a');
  });

  it('hands over a receipt, with the leaves that arrived, for each window that is closed', async () => {
    const window = new WindowScript('w1');
    const stub = await node([window.open(), window.delivery('a'), window.delivery('b'), window.close(), new WindowScript('w2').open(), mark('m')]);
    const receipts: WindowReceipt[] = [];
    const received = Promise.withResolvers<void>();
    const onReceipt = (receipt: WindowReceipt): void => {
      receipts.push(receipt);
      received.resolve();
    };
    const iterator = client(stub).subscribe({ ...options, onReceipt })[Symbol.asyncIterator]();
    await take(iterator, 2);
    const more = iterator.next();
    await received.promise;
    opened.splice(0).forEach((one) => one.close());
    await expect(more).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    expect(receipts).toMatchObject([{ windowId: 'w1', size: 2, position: { partition: 1, offset: 7n } }]);
    expect(receipts[0]?.leaves.length).toBe(64);
  });

  it.each([
    ['another root', { root: Buffer.alloc(32, 7) }],
    ['another size', { size: 2n }],
    ['another window', { windowId: 'w2' }],
  ])('fails when the node puts %s on record than what arrived', async (_, change) => {
    const window = new WindowScript('w1');
    const [open, delivery, close] = [window.open(), window.delivery('a'), window.close()];
    if (close.event?.$case !== 'windowClosed') throw new Error('not a closing');
    const forged: SubscribeResponse = { event: { $case: 'windowClosed', value: { ...close.event.value, ...change } } };
    const stub = await node([open, delivery, forged]);
    const iterator = client(stub).subscribe(options)[Symbol.asyncIterator]();
    await take(iterator, 1);
    await expect(iterator.next()).rejects.toMatchObject({ reason: 'RECEIPT_MISMATCH' });
    expect(stub.requests.length).toBe(1);
  });

  it('fails when something is delivered outside of any window', async () => {
    const stub = await node([new WindowScript('w1').delivery('a')]);
    await expect(take(client(stub).subscribe(options)[Symbol.asyncIterator](), 1)).rejects.toMatchObject({ reason: 'RECEIPT_MISMATCH' });
  });

  it('stops reading when its reader does not take, and goes on when it does', async () => {
    const window = new WindowScript('w1');
    const total = 400;
    let written = 0;
    const stub = await node((call) => {
      const write = (): void => {
        while (written < total) {
          written += 1;
          if (!call.write(written === 1 ? window.open() : window.delivery(`${written}`, 50_000))) {
            call.once('drain', write);
            return;
          }
        }
      };
      write();
    });
    const corridor = client(stub);
    const iterator = corridor.subscribe({ ...options, maxBytesAhead: 100_000 })[Symbol.asyncIterator]();
    await take(iterator, 1);
    // Round trips over the same connection give the node every occasion to write on: 20 MB would be through in a few.
    const roundTrip = { purpose: options.purpose, filter: undefined, cursor: Buffer.from('c') };
    for (let i = 0; i < 200 && written < total; i += 1) await corridor.hub.acknowledgeDelivery(roundTrip);
    expect(written).toBeLessThan(total);
    expect(seriesOf(await take(iterator, total - 2)).at(-1)).toBe(`${total}`);
  });

  it('ends without an error when its signal aborts', async () => {
    const window = new WindowScript('w1');
    const stub = await node([window.open(), window.delivery('a')]);
    const stop = new AbortController();
    const taken: Delivery[] = [];
    for await (const delivery of client(stub).subscribe({ ...options, signal: stop.signal })) {
      taken.push(delivery);
      stop.abort();
    }
    expect(seriesOf(taken)).toEqual(['a']);
  });

  it('fails with the reason of the node when it is refused, and does not try again', async () => {
    const stub = await node((call) => void call.emit('error', statusError(new CorridorError('CURSOR_INVALID', 'no cursor of this filter'))));
    await expect(take(client(stub).subscribe(options)[Symbol.asyncIterator](), 1)).rejects.toMatchObject({ reason: 'CURSOR_INVALID' });
    expect(stub.requests.length).toBe(1);
  });

  it('gives up when there was no connection for longer than its patience', async () => {
    const stub = await node();
    stub.kill();
    const iterator = client(stub).subscribe({ ...options, patienceMs: 0 })[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });

  it('acknowledges with the cursor that was reached, and its own purpose and filter', async () => {
    const window = new WindowScript('w1');
    const stub = await node([window.open(), window.delivery('a'), mark('after a'), window.delivery('b')]);
    const subscription = client(stub).subscribe({ ...options, filter: { owners: ['agencies/alpha'], series: [], categories: [], areas: [] } });
    await take(subscription[Symbol.asyncIterator](), 2);
    await subscription.acknowledge();
    expect(stub.acknowledged).toMatchObject([{ purpose: Purpose.PURPOSE_PLANNING, filter: { owners: ['agencies/alpha'] } }]);
    expect(textOf(stub.acknowledged[0]?.cursor)).toBe('after a');
  });
});
