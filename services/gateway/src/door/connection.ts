import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectClear } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import { type Clock, CorridorError } from '@corridor/kernel';

/** TLS towards the services: none, or with certificates that this authority signed. */
export type UpstreamTls = false | { readonly ca: Buffer };

/** One address of a service. */
export interface Target {
  /** As it was configured; the certificate has to be for it. */
  readonly host: string;
  /** What the host resolved to. */
  readonly ip: string;
  readonly port: number;
}

/** A connection answers a ping within PING_WITHIN_MS; asked every PING_EVERY_MS, a dead one is known within nine seconds. */
const PING_EVERY_MS = 4000;
const PING_WITHIN_MS = 4000;
/** For how long a connection may take to come about. */
export const CONNECT_MS = 3000;
/**
 * What of one answer may wait here, unread: the window of a stream. Small, for what has left a service counts as
 * delivered there.
 */
const STREAM_WINDOW = 64 * 1024;
/** All answers of a connection together; Node gives it back as bytes come in, so that no stream holds up another. */
const CONNECTION_WINDOW = 4 * 1024 * 1024;
const UNLIMITED = 2 ** 31 - 1;

/** Opens the socket of a connection to a service. */
export function socketTo({ host, ip, port }: Target, tls: UpstreamTls): Duplex {
  if (tls === false) return connectClear({ host: ip, port, noDelay: true });
  const named = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  const socket = connectTls({ host: ip, port, ca: tls.ca, ALPNProtocols: ['h2'], checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate), ...named });
  return socket.setNoDelay(true);
}

/** One HTTP/2 connection to a replica. */
export class Connection {
  /** Whether it came about; before, nothing is sent over it. */
  readonly ready: Promise<boolean>;
  /** Resolves when it takes no more calls: the replica said so, or the connection is gone. */
  readonly leaving: Promise<void>;
  /** Resolves when it is gone, and all its calls have ended. */
  readonly closed: Promise<void>;
  readonly #session: ClientHttp2Session;
  readonly #clock: Clock;
  readonly #gone = new AbortController();
  #state: 'connecting' | 'ready' | 'leaving' | 'gone' = 'connecting';
  #open = 0;

  constructor(socket: Duplex, clock: Clock, scheme: 'http' | 'https' = 'http') {
    this.#clock = clock;
    const session = connect(`${scheme}://replica`, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
      maxSessionMemory: 1024,
    });
    this.#session = session;
    const ready = Promise.withResolvers<boolean>();
    const leaving = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.closed = closed.promise;
    this.leaving = leaving.promise;
    session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW));
    // The settings of the other side: it speaks HTTP/2, and says how many calls it takes.
    session.once('remoteSettings', () => {
      if (this.#state === 'connecting') this.#state = 'ready';
      ready.resolve(this.#state === 'ready');
    });
    session.on('goaway', () => {
      if (this.#state !== 'gone') this.#state = 'leaving';
      leaving.resolve();
    });
    // What an error means for the calls, each of them is told; the connection closes behind it.
    session.on('error', () => undefined);
    session.once('close', () => {
      this.#state = 'gone';
      this.#gone.abort();
      ready.resolve(false);
      leaving.resolve();
      closed.resolve();
    });
    void this.#watch();
  }

  /** Calls under way. */
  get open(): number {
    return this.#open;
  }

  /** Whether it is there and not about to leave. */
  get takesCalls(): boolean {
    // The session knows a moment before it tells.
    return this.#state === 'ready' && !this.#session.closed && !this.#session.destroyed;
  }

  /** Whether it takes another call now. */
  get hasRoom(): boolean {
    return this.takesCalls && this.#open < (this.#session.remoteSettings.maxConcurrentStreams ?? UNLIMITED);
  }

  /** Whether the other side can still be heard. */
  get alive(): boolean {
    return this.#state === 'ready' || this.#state === 'leaving';
  }

  /** Begins a call. @throws when the connection takes no more */
  request(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    if (!this.takesCalls) throw new CorridorError('UNAVAILABLE', 'the connection takes no more calls');
    const stream = this.#session.request(headers);
    this.#open += 1;
    stream.once('close', () => {
      this.#open -= 1;
    });
    return stream;
  }

  /** Takes no more calls, and closes when those under way have ended. */
  leave(): void {
    if (this.#state !== 'gone') this.#state = 'leaving';
    this.#session.close();
  }

  /** Breaks it off with all its calls. */
  destroy(): void {
    this.#session.destroy();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#gone;
    if (!(await this.#within(CONNECT_MS, this.ready))) this.destroy();
    while (!signal.aborted) {
      await this.#clock.wait(PING_EVERY_MS, signal).catch(() => undefined);
      if (!signal.aborted && !(await this.#within(PING_WITHIN_MS, this.#ping()))) this.destroy();
    }
  }

  #ping(): Promise<boolean> {
    // It is destroyed a moment before its `close` tells so, and takes no ping then.
    if (this.#session.destroyed) return Promise.resolve(false);
    return new Promise((resolve) => {
      if (!this.#session.ping((error) => resolve(error === null))) resolve(false);
    });
  }

  /** What a promise resolves with; false when it takes longer. */
  async #within(ms: number, promise: Promise<boolean>): Promise<boolean> {
    const answered = new AbortController();
    const late = this.#clock.wait(ms, AbortSignal.any([answered.signal, this.#gone.signal])).then(
      () => false,
      () => false,
    );
    try {
      return await Promise.race([promise, late]);
    } finally {
      answered.abort();
    }
  }
}
