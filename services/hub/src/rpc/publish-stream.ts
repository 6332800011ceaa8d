import type { PublishAck, PublishStreamRequest, PublishStreamResponse } from '@corridor/contracts/hub/v1/hub';
import { CorridorError } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import type { Sink } from '@corridor/runtime';
import { publishUpdates, type PublishDependencies } from '../application/publish-updates.ts';
import { ackTo, refusalTo } from './receipts.ts';
import { publishCommand } from './requests.ts';

/** How many messages of one stream may wait for their acknowledgement before no more is read. */
const IN_FLIGHT = 2048;
/** How many acknowledgements go out together at most. */
const ACKS_TOGETHER = 512;

/**
 * Publishes the messages of a stream in their order; acknowledgements are gathered while others become durable. A
 * refused message is answered with its error, the stream goes on.
 */
export async function publishStream(
  requests: AsyncIterable<PublishStreamRequest>,
  sink: Sink<PublishStreamResponse>,
  actor: ActorRef,
  signal: AbortSignal,
  deps: PublishDependencies,
): Promise<void> {
  const acks = new AckWriter(sink);
  for await (const { sequence, publish } of requests) {
    if (signal.aborted) break;
    await acks.room();
    try {
      const command = publishCommand(publish, actor);
      const { published } = await publishUpdates(command, deps);
      acks.expect(published.then((done) => ackTo(sequence, command, done)).catch((error: unknown) => refusalTo(sequence, error)));
    } catch (error) {
      acks.expect(Promise.resolve(refusalTo(sequence, error)));
    }
  }
  await acks.drained();
}

/** Writes acknowledgements as they come, several at a time. */
class AckWriter {
  readonly #sink: Sink<PublishStreamResponse>;
  #inFlight = 0;
  #ready: PublishAck[] = [];
  #isWriting = false;
  #failure: CorridorError | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(sink: Sink<PublishStreamResponse>) {
    this.#sink = sink;
  }

  expect(ack: Promise<PublishAck>): void {
    this.#inFlight += 1;
    void ack.then((done) => {
      this.#ready.push(done);
      if (!this.#isWriting) void this.#write();
    });
  }

  /** Waits while too much is in flight. @throws what ended the stream. */
  async room(): Promise<void> {
    while (this.#inFlight >= IN_FLIGHT && this.#failure === undefined) await this.#changed.promise;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Waits until every acknowledgement is written. @throws what ended the stream. */
  async drained(): Promise<void> {
    while (this.#inFlight > 0 && this.#failure === undefined) await this.#changed.promise;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      // Those that become durable together are acknowledged together.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#ready.length > 0) {
        const acks = this.#ready.splice(0, ACKS_TOGETHER);
        await this.#sink.write({ acks });
        this.#inFlight -= acks.length;
        this.#notify();
      }
    } catch (error) {
      this.#failure = CorridorError.from(error);
      this.#notify();
    }
    this.#isWriting = false;
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
