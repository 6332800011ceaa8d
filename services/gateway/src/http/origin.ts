import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { CorridorError } from '@corridor/kernel';
import { isLoopback, type Listener } from '@corridor/runtime';
import type { Identities } from '../session/identity.ts';

/**
 * Answers only under names that are the node's. A page of another name that is made to point here (DNS rebinding) would
 * otherwise count as the node's own. Names: those of this machine, the listener's, those of the settings; on a listener
 * for all addresses also every address, since rebinding needs a name.
 */
export function ownHost({ host }: Listener, further: readonly string[]): RequestHandler {
  const names = new Set([host, ...further].map((name) => name.toLowerCase()));
  const everyAddress = host === '0.0.0.0' || host === '::';
  return (request, _response, next) => {
    const name = hostName(request.headers.host);
    const own = name !== undefined && (isLoopback(name) || names.has(name) || (everyAddress && isIP(name) !== 0));
    if (!own) throw new CorridorError('INVALID_ARGUMENT', 'the node does not go by the name in the Host header', { field: 'Host' });
    next();
  };
}

/** The name in a Host header, lower case, without port and brackets. */
function hostName(header: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]@]+))(?::\d{1,5})?$/i.exec(header ?? '') ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const SAFE: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what another site makes a browser send with the cookie of a session (CSRF). A browser says where a request
 * comes from by `Sec-Fetch-Site`, older ones by `Origin`; a request that changes something and says neither is refused.
 * Reads are held to it where it is said, since every read goes on record. Whoever sends a token in a header means it.
 */
export const sameOrigin =
  (identities: Identities): RequestHandler =>
  (request, _response, next) => {
    if (identities.of(request).by === 'cookie' && !isOwn(request, SAFE.has(request.method))) throw foreign();
    next();
  };

/** The same for signing in, which no cookie comes with: nobody shall be signed in as somebody else. */
export const noForeignOrigin: RequestHandler = (request, _response, next) => {
  if (!isOwn(request, true)) throw foreign();
  next();
};

function isOwn({ headers }: IncomingMessage, whenUnsaid: boolean): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (headers.origin !== undefined) return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
  return whenUnsaid;
}

const foreign = (): CorridorError => new CorridorError('PERMISSION_DENIED', 'a session takes no requests from pages of another site', { field: 'Origin' });
