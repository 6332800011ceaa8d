import { Client, credentials, Metadata, type ClientReadableStream } from '@grpc/grpc-js';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { HubServiceService, SubscribeFrom, SubscribeRequest, SubscribeResponse } from '@corridor/contracts/hub/v1/hub';

const pass = (bytes: Buffer): Buffer => bytes;
/** Field 1 (delivery) of SubscribeResponse, length-delimited: the first byte of every delivery. */
const DELIVERY_TAG = 0x0a;

/** A bare reader of Subscribe: counts deliveries and leaves their bytes alone, so that the node is measured and not the reader. */
export class BareSubscriber {
  readonly #client: Client;
  readonly #stream: ClientReadableStream<Buffer>;
  deliveries = 0;
  bytes = 0;
  /** Called with each delivery's bytes. */
  onDelivery: (message: Buffer) => void = () => undefined;

  constructor(address: string, token: string, from: 'now' | 'beginning') {
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    const request = SubscribeRequest.encode({
      purpose: Purpose.PURPOSE_PLANNING,
      filter: undefined,
      cursor: Buffer.alloc(0),
      from: from === 'now' ? SubscribeFrom.SUBSCRIBE_FROM_NOW : SubscribeFrom.SUBSCRIBE_FROM_BEGINNING,
    }).finish();
    this.#stream = this.#client.makeServerStreamRequest(HubServiceService.subscribe.path, pass, pass, Buffer.from(request), metadata);
    this.#stream.on('data', (message: Buffer) => {
      if (message[0] !== DELIVERY_TAG) return;
      this.deliveries += 1;
      this.bytes += message.length;
      this.onDelivery(message);
    });
    this.#stream.on('error', () => undefined);
  }

  /** Resolves when so many deliveries have arrived. */
  async reached(deliveries: number, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (this.deliveries < deliveries) {
      if (performance.now() > deadline) throw new Error(`${this.deliveries} of ${deliveries} deliveries arrived in time`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }
}

/** The view in the bytes of a delivery. */
export function batchIn(message: Buffer): Buffer {
  const { event } = SubscribeResponse.decode(message);
  if (event?.$case !== 'delivery') throw new Error('not a delivery');
  return event.value.batch;
}
