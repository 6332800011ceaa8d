import { createSecureServer, createServer, type Http2Session, type IncomingHttpHeaders, type ServerHttp2Stream, type ServerOptions } from 'node:http2';
import type { Server } from 'node:net';
import { addressOf, assertSecure, type Listener } from '@corridor/runtime';
import { type Clock, CorridorError, Recurring } from '@corridor/kernel';
import type { DoorLimits } from './limits.ts';

/** Flow control as the gRPC host of a service has it. */
const WINDOW = 1024 * 1024;
/** How often the connections are looked at, when a silent one is pinged, and how long it may take to answer; milliseconds. */
const LOOK_EVERY_MS = 5000;
const PING_EVERY_MS = 30_000;
const PONG_WITHIN_MS = 10_000;
const HANDSHAKE_MS = 10_000;

export interface FrontParts {
  readonly listener: Listener;
  readonly limits: DoorLimits;
  readonly clock: Clock;
  /** Told of each call as its headers come in. */
  readonly called: (caller: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;
}

/** What is known of the connection of a caller. */
interface Connected {
  calls: number;
  idleSince: number;
  pingedAt: number;
  ponged: boolean;
}

/** Where callers connect: HTTP/2 with bounds on how much of it. Idle and dead connections are closed. */
export class Front {
  readonly #parts: FrontParts;
  readonly #server: Server;
  readonly #sessions = new Map<Http2Session, Connected>();
  readonly #looking: Recurring;

  /** @throws CorridorError LISTENER_INSECURE, CONFIG_INVALID when certificate and key are no pair in PEM */
  constructor(parts: FrontParts) {
    assertSecure(parts.listener);
    this.#parts = parts;
    this.#server = serverOf(parts, (session) => this.#connected(session), (caller, headers) => this.#called(caller, headers));
    this.#server.maxConnections = parts.limits.connections;
    this.#looking = new Recurring({ clock: parts.clock, everyMs: LOOK_EVERY_MS, act: async () => this.#look(), failed: () => undefined });
  }

  /** Listens; resolves with the port. @throws CorridorError CONFIG_INVALID when it cannot */
  async start(): Promise<number> {
    const { listener } = this.#parts;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause) => reject(cannotListen(listener, cause)));
      this.#server.listen(listener.port, listener.host, resolve);
    });
    await this.#looking.start();
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw cannotListen(listener);
    return address.port;
  }

  /** Tells every caller to send no further calls this way, and takes no new connections. */
  leave(): void {
    if (this.#server.listening) this.#server.close();
    for (const session of this.#sessions.keys()) session.close();
  }

  /** Breaks off what is still connected. */
  async close(): Promise<void> {
    this.leave();
    await this.#looking.stop();
    for (const session of this.#sessions.keys()) session.destroy();
  }

  /** Whether nobody is connected. */
  get empty(): boolean {
    return this.#sessions.size === 0;
  }

  #connected(session: Http2Session): void {
    const now = this.#parts.clock.now();
    this.#sessions.set(session, { calls: 0, idleSince: now, pingedAt: now, ponged: true });
    session.setLocalWindowSize(WINDOW);
    // A connection that fails closes; each of its calls is told.
    session.on('error', () => undefined);
    session.once('close', () => this.#sessions.delete(session));
  }

  #called(caller: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const connected = caller.session === undefined ? undefined : this.#sessions.get(caller.session);
    // One who has left already can be answered no more.
    if (connected === undefined || caller.closed || caller.destroyed) return caller.close();
    connected.calls += 1;
    caller.once('close', () => {
      connected.calls -= 1;
      connected.idleSince = this.#parts.clock.now();
    });
    this.#parts.called(caller, headers);
  }

  #look(): void {
    const now = this.#parts.clock.now();
    for (const [session, connected] of this.#sessions) {
      if (!connected.ponged && now - connected.pingedAt >= PONG_WITHIN_MS) session.destroy();
      else if (connected.calls === 0 && now - connected.idleSince >= this.#parts.limits.idleMs) session.close();
      else if (connected.ponged && now - connected.pingedAt >= PING_EVERY_MS) ping(session, connected, now);
    }
  }
}

function ping(session: Http2Session, connected: Connected, now: number): void {
  connected.pingedAt = now;
  connected.ponged = false;
  session.ping((error) => {
    connected.ponged = error === null;
  });
}

type Called = (caller: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

function serverOf({ listener, limits }: FrontParts, connected: (session: Http2Session) => void, called: Called): Server {
  const options: ServerOptions = {
    settings: { maxConcurrentStreams: limits.callsPerConnection, initialWindowSize: WINDOW, maxHeaderListSize: limits.headerBytes },
    // In megabytes. What waits is bounded for each call; at this bound Node would break off whole connections.
    maxSessionMemory: 2 * limits.callsPerConnection,
  };
  if (listener.tls === undefined) return createServer(options).on('session', connected).on('stream', called);
  const { certificate, key } = listener.tls;
  try {
    return createSecureServer({ ...options, cert: certificate, key, ALPNProtocols: ['h2'], handshakeTimeout: HANDSHAKE_MS }).on('session', connected).on('stream', called);
  } catch (cause) {
    throw new CorridorError('CONFIG_INVALID', 'certificate and key of the listener do not make a pair', {}, { cause });
  }
}

function cannotListen(listener: Listener, cause?: unknown): CorridorError {
  const why = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE' ? ': the port is in use' : '';
  return new CorridorError('CONFIG_INVALID', `the node cannot listen on ${addressOf(listener)}${why}`, {}, { cause });
}
