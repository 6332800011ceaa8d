import { BinaryReader } from '@bufbuild/protobuf/wire';
import { SubscribeResponse } from '@corridor/contracts/hub/v1/hub';
import { view } from '@corridor/kernel';
import { encode, positionTo, type Sink } from '@corridor/runtime';
import type { ViewCodec } from '../application/prepared-views.ts';
import type { Outlet } from '../application/subscribe.ts';
import { encodeView } from './updates-to-wire.ts';

const bytesOf = (event: NonNullable<SubscribeResponse['event']>): Buffer => view(encode(SubscribeResponse, { event }));

/** The events of a subscription as messages of its stream. */
export const outletTo = (sink: Sink<SubscribeResponse>): Outlet => ({
  channel: 'stream',
  mostBytes: Number.MAX_SAFE_INTEGER,
  mostAtOnce: 1,
  deliveries: async (ready) => {
    for (const { prepared } of ready) await sink.write(prepared.message);
  },
  mark: (cursor) => sink.write({ event: { $case: 'mark', value: { cursor } } }),
  windowOpened: (windowId) => sink.write({ event: { $case: 'windowOpened', value: { windowId } } }),
  windowClosed: ({ windowId, size, root, position }) =>
    sink.write({
      event: { $case: 'windowClosed', value: { windowId, size: BigInt(size), root: view(root), position: positionTo(position) } },
    }),
});

/** The serialised Delivery in a serialised message of a stream. */
export function deliveryIn(message: Uint8Array): Uint8Array {
  const reader = new BinaryReader(message);
  reader.tag();
  return reader.bytes();
}

/** Views and deliveries as bytes. */
export const viewCodec: ViewCodec = {
  encodeView,
  encodeDelivery: ({ batch, salt, publishTime, expireTime }) =>
    bytesOf({
      $case: 'delivery',
      value: { batch: view(batch), salt: view(salt), publishTime: new Date(publishTime), expireTime: new Date(expireTime) },
    }),
};
