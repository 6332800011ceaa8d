import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { CorridorError } from '@corridor/kernel';

/** Where a server listens, and with which certificate; both files in PEM. */
export interface Listener {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls?: { readonly certificate: Buffer; readonly key: Buffer };
  /** Whoever can reach it is of this node: its operator has said that the network is closed to all others. */
  readonly privateNetwork?: boolean;
}

/** Whether a host can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/** Refuses to listen in clear where others can reach it. @throws CorridorError LISTENER_INSECURE. */
export function assertSecure({ host, tls, privateNetwork }: Listener): void {
  if (tls === undefined && !isLoopback(host) && privateNetwork !== true) {
    throw new CorridorError('LISTENER_INSECURE', `the address ${host} can be reached from outside and has no certificate`, { host });
  }
}

/** @throws CorridorError LISTENER_INSECURE, CONFIG_INVALID when certificate and key are no pair in PEM. */
export function credentialsOf(listener: Listener): ServerCredentials {
  assertSecure(listener);
  if (listener.tls === undefined) return ServerCredentials.createInsecure();
  const { certificate, key } = listener.tls;
  try {
    createSecureContext({ cert: certificate, key });
  } catch (error) {
    throw new CorridorError('CONFIG_INVALID', 'certificate and key of the listener do not make a pair', {}, { cause: error });
  }
  return ServerCredentials.createSsl(null, [{ cert_chain: certificate, private_key: key }]);
}

/** `host:port` as grpc-js takes it. */
export const addressOf = ({ host, port }: Listener): string => (isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`);

/** Where one on the same machine reaches a listener, `host:port`. */
export const addressNear = ({ host, port }: Pick<Listener, 'host' | 'port'>): string =>
  addressOf({ host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port });
