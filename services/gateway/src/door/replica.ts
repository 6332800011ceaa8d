import type { OutgoingHttpHeaders } from 'node:http2';
import { type Clock, CorridorError } from '@corridor/kernel';
import { Connection, socketTo, type Target, type UpstreamTls } from './connection.ts';
import { type Health, watchHealth } from './health-watch.ts';
import type { Begun } from './upstream.ts';

export interface ReplicaOptions {
  readonly tls: UpstreamTls;
  readonly clock: Clock;
  readonly mostConnections: number;
  /** Told when something has changed: it is found, lost, or serves or does not. */
  readonly changed: () => void;
}

/** A connection that lasts so long was a good one: after it the next is made at once. */
const GOOD_MS = 1000;
const LEAST_BACKOFF_MS = 50;
const MOST_BACKOFF_MS = 2000;
/** Whom calls go to before whom. One that says it does not serve is still asked when there is no other: it says why. */
const RANK: Readonly<Record<Health, number>> = { serving: 0, unknown: 1, 'not serving': 2 };

/**
 * One process of a service. A connection to it is kept as long as it can be had, over which it says whether it serves;
 * more are made when that one is full.
 */
export class Replica {
  readonly target: Target;
  readonly #options: ReplicaOptions;
  readonly #stopping = new AbortController();
  readonly #connections = new Set<Connection>();
  #expanding: Promise<boolean> | undefined;
  #state: 'connecting' | 'connected' | 'away' = 'connecting';
  #health: Health = 'unknown';
  #keeping: Promise<void> = Promise.resolve();

  constructor(target: Target, options: ReplicaOptions) {
    this.target = target;
    this.#options = options;
  }

  start(): void {
    this.#keeping = this.#keep();
  }

  /** `connecting` while it is not known yet whether it can be reached. */
  get state(): 'connecting' | 'connected' | 'away' {
    return this.#state;
  }

  /** Whether it says that it serves. */
  get serves(): boolean {
    return this.#state === 'connected' && this.#health === 'serving';
  }

  /** How far down the list of those to choose from it stands. */
  get rank(): number {
    return RANK[this.#health];
  }

  /** Calls under way. */
  get open(): number {
    let open = 0;
    for (const connection of this.#connections) open += connection.open;
    return open;
  }

  /** Begins a call. @throws CorridorError QUEUE_FULL when no connection takes it and no more may be made, UNAVAILABLE */
  async begin(headers: OutgoingHttpHeaders): Promise<Begun> {
    for (;;) {
      const found = this.#roomy();
      if (found !== undefined) return { stream: found.request(headers), with: this, connected: () => found.alive };
      if (this.#expanding === undefined) {
        if (this.#state !== 'connected') throw new CorridorError('UNAVAILABLE', 'the replica is not connected');
        const { mostConnections } = this.#options;
        if (this.#connections.size >= mostConnections) throw new CorridorError('QUEUE_FULL', `more calls are under way than ${mostConnections} connections take`);
        this.#expanding = this.#connect().ready.finally(() => (this.#expanding = undefined));
      }
      if (!(await this.#expanding)) throw new CorridorError('UNAVAILABLE', 'the replica takes no further connection');
    }
  }

  /** Takes no more calls; resolves when those under way have ended. */
  async retire(): Promise<void> {
    this.#stopping.abort();
    const closed = [...this.#connections].map((connection) => connection.closed);
    for (const connection of this.#connections) connection.leave();
    await Promise.all([this.#keeping, ...closed]);
  }

  /** Breaks off all its calls. */
  async destroy(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    await this.retire();
  }

  #roomy(): Connection | undefined {
    for (const connection of this.#connections) if (connection.hasRoom) return connection;
    return undefined;
  }

  #connect(): Connection {
    const { tls, clock } = this.#options;
    const connection = new Connection(socketTo(this.target, tls), clock, tls === false ? 'http' : 'https');
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    return connection;
  }

  async #keep(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      const began = clock.now();
      const connection = this.#connect();
      const ready = await connection.ready;
      if (ready) {
        this.#become('connected', 'unknown');
        // Who answers with what is no gRPC is no service: it is given up, as one that cannot be reached.
        await watchHealth(connection, clock, signal, (health) => this.#become('connected', health)).catch(() => connection.destroy());
        await connection.leaving;
      }
      if (signal.aborted) return;
      failures = ready && clock.now() - began >= GOOD_MS ? 0 : failures + 1;
      // One that was connected until now may just begin anew; whether it does is known at once.
      this.#become(failures > 0 ? 'away' : 'connecting', 'unknown');
      if (failures > 0) await clock.wait(Math.min(MOST_BACKOFF_MS, LEAST_BACKOFF_MS * 2 ** failures), signal).catch(() => undefined);
    }
  }

  #become(state: 'connecting' | 'connected' | 'away', health: Health): void {
    if (state === this.#state && health === this.#health) return;
    this.#state = state;
    this.#health = health;
    this.#options.changed();
  }
}
