import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Target } from './connection.ts';

/** Every address that a host has at present. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** As the machine resolves names, so that those of its hosts file and of a container network are known. */
export const byTheMachine: Resolve = async (host) => (isIP(host) === 0 ? (await lookup(host, { all: true })).map(({ address }) => address) : [host]);

const ADDRESS = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/;

/** A configured `host:port`; undefined when it is none. */
export function parseAddress(address: string): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, port] = ADDRESS.exec(address) ?? [];
  const host = bracketed ?? plain;
  return host === undefined || port === undefined ? undefined : { host, port: Number(port) };
}

/** Everything that configured addresses stand for now. @throws what resolving failed with */
export async function targetsOf(addresses: readonly { readonly host: string; readonly port: number }[], resolve: Resolve): Promise<ReadonlyMap<string, Target>> {
  const each = await Promise.all(addresses.map(async ({ host, port }) => (await resolve(host)).map((ip): Target => ({ host, ip, port }))));
  return new Map(each.flat().map((target) => [`${target.ip} ${target.port}`, target]));
}
