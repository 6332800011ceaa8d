import { isIP } from 'node:net';
import { credentials, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { CorridorError } from '@corridor/kernel';

/** Certificates for TLS, each as PEM. */
export interface TlsOptions {
  /** Roots to trust instead of the system's. */
  readonly ca?: Uint8Array;
  /** The client's own certificate and key, where the node asks for one. */
  readonly identity?: { readonly certificate: Uint8Array; readonly key: Uint8Array };
}

/**
 * Credentials of the channel. Unless told otherwise a connection to another machine is encrypted, for it carries secrets;
 * one to this machine is not, as a node that listens on loopback has no certificate.
 * @param tls certificates; true: TLS with the system's roots; false: none, whatever the address.
 */
export function channelCredentials(address: string, tls: TlsOptions | boolean | undefined): ChannelCredentials {
  const wanted = tls ?? !isLoopback(address);
  if (wanted === false) return credentials.createInsecure();
  if (wanted === true) return credentials.createSsl();
  const { ca, identity } = wanted;
  const pem = (bytes: Uint8Array | undefined): Buffer | null => (bytes === undefined ? null : Buffer.from(bytes));
  try {
    return credentials.createSsl(pem(ca), pem(identity?.key), pem(identity?.certificate));
  } catch (cause) {
    throw new CorridorError('CONFIG_INVALID', 'the TLS certificates cannot be used', { field: 'tls' }, { cause });
  }
}

/**
 * Options of every channel: a node that comes back is found within two seconds, a dead connection noticed within half a
 * minute, and a page of 1,000 updates fits into one message.
 */
export const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
};

/** Whether a gRPC target (`host:port`, `[::1]:port`, `unix:path`, with or without `dns:`) is on this machine. */
export function isLoopback(address: string): boolean {
  if (address.startsWith('unix:')) return true;
  const [, host = ''] = /^(?:(?:dns|ipv4|ipv6):(?:\/\/[^/]*\/)?)?(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(address) ?? [];
  const name = host.replace(/^\[|\]$/g, '');
  if (isIP(name) === 4) return name.startsWith('127.');
  return name === 'localhost' || name === '::1';
}
