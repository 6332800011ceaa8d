import type { PagePosition } from '@corridor/documents';
import { CorridorError, fromUtf8, utf8 } from '@corridor/kernel';
import type { NodeAead } from '@corridor/runtime';
import type { Listed } from '../application/read.ts';

/** The part of a request that pages (AIP-158). */
export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

/** What a page token is bound to: it is of no use to another caller or for another list. */
export interface ListName {
  /** Name of the RPC. */
  readonly list: string;
  /** Name of the actor. */
  readonly caller: string;
  /** What is listed of, where the request says so. */
  readonly parent?: string;
}

const DEFAULT_SIZE = 100;
const MAX_SIZE = 1000;

/** Reads one page of a list, from the request's token on, and seals where the next begins. */
export async function paged<T>(
  aead: NodeAead,
  name: ListName,
  { pageSize, pageToken }: PageRequest,
  read: (after: PagePosition | undefined, limit: number) => Promise<Listed<T>>,
): Promise<{ readonly items: readonly T[]; readonly nextPageToken: string }> {
  const bound = utf8(JSON.stringify([name.list, name.caller, name.parent ?? '']));
  const after = pageToken === '' ? undefined : open(aead, pageToken, bound);
  const { items, next } = await read(after, limitFrom(pageSize));
  if (next === undefined) return { items, nextPageToken: '' };
  const nextPageToken = aead.seal(utf8(JSON.stringify([next.key, next.id])), bound).toString('base64url');
  return { items, nextPageToken };
}

function limitFrom(pageSize: number): number {
  if (pageSize === 0) return DEFAULT_SIZE;
  if (pageSize < 0 || pageSize > MAX_SIZE) {
    throw new CorridorError('INVALID_ARGUMENT', `page_size must be 0-${MAX_SIZE}`, { field: 'page_size' });
  }
  return pageSize;
}

function open(aead: NodeAead, token: string, bound: Uint8Array): PagePosition {
  const clear = aead.open(Buffer.from(token, 'base64url'), bound);
  const position: unknown = clear === undefined ? undefined : JSON.parse(fromUtf8(clear));
  if (!Array.isArray(position)) throw invalidToken();
  const parts: readonly unknown[] = position;
  const [key, id] = parts;
  if (typeof key !== 'string' || typeof id !== 'string') throw invalidToken();
  return { key, id };
}

const invalidToken = (): CorridorError =>
  new CorridorError('PAGE_TOKEN_INVALID', 'the page token is not of this list', { field: 'page_token' });
