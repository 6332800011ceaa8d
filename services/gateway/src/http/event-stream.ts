import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { Response } from 'express';
import { type Clock, CorridorError } from '@corridor/kernel';
import type { JsonAnswers } from '../contract/json-answer.ts';
import type { Operation } from '../contract/operations.ts';
import { ARRIVED_MS, LEFT_MS } from '../node/looks.ts';
import type { NodeCalls } from '../node/node-calls.ts';
import type { Session } from '../session/identity.ts';
import { eventText, HEARTBEAT, OPENING, refusalText } from './event-text.ts';
import { refusalOf } from './refusal.ts';

/** A comment goes out this often, so that nobody on the way takes the connection for dead, in milliseconds. */
export const HEARTBEAT_MS = 15_000;
/** A stream that is not refused within this time is opened, though nothing has come over it, in milliseconds. */
const REFUSED_WITHIN_MS = 1000;

export interface EventStreamParts {
  readonly node: NodeCalls;
  readonly answers: JsonAnswers;
  readonly clock: Clock;
}

/** A stream of the node to one caller, as fast as it reads: nothing is read from the node while the caller is behind. */
export class EventStream {
  readonly actor: string;
  readonly #operation: Operation;
  readonly #token: string;
  readonly #response: Response;
  readonly #parts: EventStreamParts;
  /** Aborts when the caller has gone, and with an error when the stream is to end. */
  readonly #ended = new AbortController();
  /** Whether all that came from the node is on its way to the caller, and how often it has been so. */
  #idle = false;
  #timesIdle = 0;

  constructor(operation: Operation, { name, token }: Session, response: Response, parts: EventStreamParts) {
    this.actor = name;
    this.#operation = operation;
    this.#token = token;
    this.#response = response;
    this.#parts = parts;
    if (response.closed) this.#ended.abort();
    response.once('close', () => this.#ended.abort());
  }

  /** Ends it, and says why. */
  end(why: CorridorError): void {
    this.#ended.abort(why);
  }

  /**
   * What came from the node before a change of the policy state must not go out after the change was confirmed. Whoever
   * reads is given it meanwhile; the connection of one who does not is broken off, and with it goes what waits here. The
   * caller loses nothing that it may have: it goes on from its cursor.
   */
  policyChanged(): void {
    // The stream may end before, and with it what waits.
    void this.#breakOffUnlessTaken().catch(() => undefined);
  }

  /** Nobody knows any more whether the policy state has changed: what waits here must not go out. */
  policyLapsed(): void {
    if (!this.#idle) this.#response.destroy();
  }

  /** A node that breaks a stream off does so because of what is on its way: nothing of that goes out any more. */
  #brokenOff(cause: unknown): void {
    const why = this.#parts.node.failure(cause);
    if (why.code === 'UNAVAILABLE') this.#ended.abort(why);
  }

  /** Twice, as what the node had decided before the change may come meanwhile. A service that lapses breaks its streams off. */
  async #breakOffUnlessTaken(): Promise<void> {
    for (const within of [ARRIVED_MS, LEFT_MS]) {
      const before = this.#timesIdle;
      await this.#parts.clock.wait(within, this.#ended.signal);
      if (!this.#idle && this.#timesIdle === before) return void this.#response.destroy();
    }
  }

  /** Resolves when it has ended. @throws CorridorError what the node refuses it with, when nothing was answered yet */
  async run(request: Uint8Array): Promise<void> {
    if (this.#ended.signal.aborted) return;
    const stream = this.#parts.node.stream(this.#operation.rpc, request, this.#token);
    this.#ended.signal.addEventListener('abort', () => stream.cancel(), { once: true });
    stream.once('error', (cause) => this.#brokenOff(cause));
    try {
      await this.#relay(stream);
    } catch (cause) {
      this.#fail(cause);
    } finally {
      this.#ended.abort();
    }
  }

  async #relay(stream: AsyncIterable<Buffer>): Promise<void> {
    const messages = stream[Symbol.asyncIterator]();
    let next = messages.next();
    await Promise.race([next, this.#parts.clock.wait(REFUSED_WITHIN_MS, this.#ended.signal)]);
    this.#begin();
    for (;;) {
      const message = await this.#awaited(next);
      if (message.done === true) break;
      this.#ended.signal.throwIfAborted();
      const { output } = this.#operation;
      // Asked for after it is written: while the caller is behind, the node waits.
      await this.#write(eventText(output, this.#parts.answers.jsonOf(output, message.value)));
      next = messages.next();
    }
    this.#response.end();
  }

  /** The next message; notes when there is none for now and nothing else waits here. */
  async #awaited(next: Promise<IteratorResult<Buffer>>): Promise<IteratorResult<Buffer>> {
    const first = await Promise.race([next, turn()]);
    if (first !== undefined) return first;
    if (this.#response.writableLength === 0) {
      this.#idle = true;
      this.#timesIdle += 1;
    }
    const message = await next;
    this.#idle = false;
    return message;
  }

  #begin(): void {
    this.#response.status(200).set({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    this.#response.write(OPENING);
    void this.#keepAlive();
  }

  async #keepAlive(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#parts.clock.wait(HEARTBEAT_MS, signal).catch(() => undefined);
      if (!signal.aborted && !this.#response.writableNeedDrain) this.#response.write(HEARTBEAT);
    }
  }

  async #write(text: string): Promise<void> {
    if (text !== '' && !this.#response.write(text)) await once(this.#response, 'drain', { signal: this.#ended.signal });
  }

  /** Ends without a word; what the caller has not taken yet it gets by its cursor. */
  #leave(): void {
    if (this.#response.writableLength === 0) this.#response.end();
    else this.#response.destroy();
  }

  #fail(cause: unknown): void {
    const { aborted } = this.#ended.signal;
    const reason: unknown = this.#ended.signal.reason;
    // The caller has gone.
    if (aborted && !(reason instanceof CorridorError)) return;
    const why = reason instanceof CorridorError ? reason : this.#parts.node.failure(cause);
    if (!this.#response.headersSent) throw why;
    // A node that is away comes back: readers connect again by themselves, unless they are told that it is no use.
    if (why.code === 'UNAVAILABLE') this.#leave();
    else this.#response.end(refusalText(refusalOf(why)));
  }
}
