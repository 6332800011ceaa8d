import type { PagePosition } from '@corridor/documents';
import { CorridorError, fromUtf8, utf8 } from '@corridor/kernel';
import type { NodeAead } from '../keys/keys.ts';

/** The part of a request that pages (AIP-158). */
export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

/** Where a page ended: behind an entry, or within one that is given out in parts, behind the part of this index. */
export interface ListPosition extends PagePosition {
  readonly index?: number;
}

/** A page of what a caller may see; `next` is absent at the end. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly next?: ListPosition;
}

/** What a page token is bound to: it is of no use to another caller or for another list. */
export interface ListName {
  /** Name of the RPC. */
  readonly list: string;
  /** Name of the actor; of the agency where all its actors are shown the same. */
  readonly caller: string;
  /** What is listed of, where the request says so: a parent, a filter. */
  readonly parent?: string;
}

const DEFAULT_SIZE = 100;
const MAX_SIZE = 1000;

/** Reads one page of a list, from the request's token on, and seals where the next begins. @throws INVALID_ARGUMENT, PAGE_TOKEN_INVALID */
export async function paged<T>(
  aead: NodeAead,
  name: ListName,
  { pageSize, pageToken }: PageRequest,
  read: (after: ListPosition | undefined, limit: number) => Promise<Listed<T>>,
): Promise<{ readonly items: readonly T[]; readonly nextPageToken: string }> {
  const bound = utf8(JSON.stringify([name.list, name.caller, name.parent ?? '']));
  const after = pageToken === '' ? undefined : open(aead, pageToken, bound);
  const { items, next } = await read(after, limitFrom(pageSize));
  if (next === undefined) return { items, nextPageToken: '' };
  const nextPageToken = aead.seal(utf8(JSON.stringify([next.key, next.id, next.index])), bound).toString('base64url');
  return { items, nextPageToken };
}

function limitFrom(pageSize: number): number {
  if (pageSize === 0) return DEFAULT_SIZE;
  if (pageSize < 0 || pageSize > MAX_SIZE) {
    throw new CorridorError('INVALID_ARGUMENT', `page_size must be 0-${MAX_SIZE}`, { field: 'page_size' });
  }
  return pageSize;
}

function open(aead: NodeAead, token: string, bound: Uint8Array): ListPosition {
  const clear = aead.open(Buffer.from(token, 'base64url'), bound);
  const position: unknown = clear === undefined ? undefined : JSON.parse(fromUtf8(clear));
  if (!Array.isArray(position)) throw invalidToken();
  const parts: readonly unknown[] = position;
  const [key, id, index] = parts;
  if (typeof key !== 'string' || typeof id !== 'string') throw invalidToken();
  return typeof index === 'number' ? { key, id, index } : { key, id };
}

const invalidToken = (): CorridorError =>
  new CorridorError('PAGE_TOKEN_INVALID', 'the page token is not of this list', { field: 'page_token' });
