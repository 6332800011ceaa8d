import type { PagePosition } from '@corridor/documents';
import { CorridorError, fromUtf8, utf8 } from '@corridor/kernel';
import type { NodeAead } from '@corridor/runtime';

/** A page token: the place to go on from, sealed, bound to the list it belongs to (AIP-158). */
export const tokenTo = (at: (PagePosition & { readonly index?: number }) | undefined, list: string, aead: NodeAead): string =>
  at === undefined ? '' : aead.seal(utf8(JSON.stringify([at.key, at.id, at.index])), utf8(list)).toString('base64url');

/** @throws PAGE_TOKEN_INVALID unless `tokenTo` made it for this list. */
export function tokenFrom(token: string, list: string, aead: NodeAead): (PagePosition & { readonly index?: number }) | undefined {
  if (token === '') return undefined;
  const clear = aead.open(Buffer.from(token, 'base64url'), utf8(list));
  const value: unknown = clear === undefined ? undefined : JSON.parse(fromUtf8(clear));
  if (Array.isArray(value)) {
    const parts: readonly unknown[] = value;
    const [key, id, index] = parts;
    if (typeof key === 'string' && typeof id === 'string') return typeof index === 'number' ? { key, id, index } : { key, id };
  }
  throw new CorridorError('PAGE_TOKEN_INVALID', 'the page token is not of this list', { field: 'page_token' });
}
