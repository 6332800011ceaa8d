import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { Client, credentials, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { CorridorError, equalBytes } from '@corridor/kernel';

/** Where a node is. */
export interface NodeAddress {
  /** A gRPC target, e.g. `node.example.org:50051`. */
  readonly address: string;
  /** TLS. Default: on, with the system's roots, unless the address is on this machine; false: off. */
  readonly tls?: TlsOptions | boolean;
}

/** Certificates for TLS, each as PEM. */
export interface TlsOptions {
  /** Roots to trust instead of the system's. */
  readonly ca?: Uint8Array;
  /** The node's own certificate, for one who has it: it alone is trusted, by whatever name the node is called. */
  readonly pinned?: Uint8Array;
  /** The client's own certificate and key, where the node asks for one. */
  readonly identity?: { readonly certificate: Uint8Array; readonly key: Uint8Array };
}

/** A channel to a node; nothing is sent before the first call. @throws CorridorError CONFIG_INVALID */
export const openChannel = ({ address, tls }: NodeAddress): Client => new Client(address, channelCredentials(address, tls), CHANNEL_OPTIONS);

/**
 * Credentials of the channel. Unless told otherwise a connection to another machine is encrypted, for it carries secrets;
 * one to this machine is not, as a node that listens on loopback has no certificate.
 * @param tls certificates; true: TLS with the system's roots; false: none, whatever the address.
 */
function channelCredentials(address: string, tls: TlsOptions | boolean | undefined): ChannelCredentials {
  const wanted = tls ?? !isLoopback(address);
  if (wanted === false) return credentials.createInsecure();
  if (wanted === true) return credentials.createSsl();
  const { ca, identity, pinned } = wanted;
  const pem = (bytes: Uint8Array | undefined): Buffer | null => (bytes === undefined ? null : Buffer.from(bytes));
  try {
    if (pinned !== undefined) return pinnedTo(pinned, identity);
    return credentials.createSsl(pem(ca), pem(identity?.key), pem(identity?.certificate));
  } catch (cause) {
    throw new CorridorError('CONFIG_INVALID', 'the TLS certificates cannot be used', { field: 'tls' }, { cause });
  }
}

/** The first certificate of a file is the node's own; that of whoever answers must be the same, byte for byte. */
function pinnedTo(pinned: Uint8Array, identity: TlsOptions['identity']): ChannelCredentials {
  const { raw } = new X509Certificate(pinned);
  const own = identity === undefined ? {} : { cert: Buffer.from(identity.certificate), key: Buffer.from(identity.key) };
  const context = createSecureContext({ ca: Buffer.from(pinned), allowPartialTrustChain: true, ...own });
  return credentials.createFromSecureContext(context, {
    checkServerIdentity: (_name, certificate) => (equalBytes(certificate.raw, raw) ? undefined : new Error('the node has another certificate')),
  });
}

/**
 * Options of every channel: a node that comes back is found within two seconds, a dead connection noticed within half a
 * minute, and a page of 1,000 updates fits into one message.
 */
const CHANNEL_OPTIONS: ChannelOptions = {
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
