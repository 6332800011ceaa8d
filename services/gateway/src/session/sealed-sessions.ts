import { fromUtf8, utf8 } from '@corridor/kernel';
import type { NodeAead } from '@corridor/runtime';

/** Name of the cookie that holds a session; bound into its seal. */
export const SESSION_COOKIE = 'corridor_session';

/**
 * Sessions that need no store: a token of the node, sealed under a key of the node, in the hands of the browser. Every
 * replica opens it, a restart keeps it, and no script of a page reads it. Its end is that of the token, which the node
 * verifies at each call.
 */
export interface SealedSessions {
  seal(token: string): string;
  /** The token; undefined when this is no session of the node. */
  open(sealed: string): string | undefined;
}

export function sealedSessions(aead: NodeAead): SealedSessions {
  const bound = utf8(SESSION_COOKIE);
  return {
    seal: (token) => aead.seal(utf8(token), bound).toString('base64url'),
    open: (sealed) => {
      const clear = aead.open(Buffer.from(sealed, 'base64url'), bound);
      return clear === undefined ? undefined : fromUtf8(clear);
    },
  };
}
