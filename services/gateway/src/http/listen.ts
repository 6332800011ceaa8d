import { createServer as createClearServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { CorridorError } from '@corridor/kernel';
import { addressOf, type Listener } from '@corridor/runtime';

/** For how long `close` lets requests under way finish, in milliseconds. */
const DRAIN_MS = 5000;

export interface Listening {
  readonly port: number;
  /** Takes no new requests, lets those under way finish within the drain time, and closes. Idempotent. */
  close(): Promise<void>;
}

/** Listens for requests. @throws CorridorError CONFIG_INVALID when it cannot. */
export async function listen(app: RequestListener, listener: Listener): Promise<Listening> {
  const server = serverOf(app, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(listener, cause)));
    server.listen(listener.port, listener.host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw cannotListen(listener);
  let closed: Promise<void> | undefined;
  return {
    port: address.port,
    close: () => {
      closed ??= close(server);
      return closed;
    },
  };
}

function serverOf(app: RequestListener, listener: Listener): Server {
  if (listener.tls === undefined) return createClearServer(app);
  const { certificate, key } = listener.tls;
  try {
    return createTlsServer({ cert: certificate, key }, app);
  } catch (cause) {
    throw new CorridorError('CONFIG_INVALID', 'certificate and key of the node are no pair in PEM', {}, { cause });
  }
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(late);
}

function cannotListen(listener: Listener, cause?: unknown): CorridorError {
  const why = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE' ? ': the port is in use' : '';
  return new CorridorError('CONFIG_INVALID', `the node cannot listen on ${addressOf(listener)}${why}`, {}, { cause });
}
