import type { Clock } from '@corridor/kernel';

/** An access token and the end of its validity, milliseconds since the epoch. */
export interface Token {
  readonly token: string;
  readonly expires: number;
}

/** Gives a token that is valid now. */
export interface TokenSource {
  /** The token; fetched when there is none, or when the last tenth of its life has begun. One fetch at a time. */
  get(): Promise<string>;
  /** The node refused this token: it is not given again. */
  refused(token: string): void;
}

/** Always the same token: for programs that get theirs from elsewhere. */
export const fixedToken = (token: string): TokenSource => ({ get: () => Promise.resolve(token), refused: () => undefined });

/** No matter what the clocks say, a fresh token is used for so long, so that a wrong clock does not fetch one per call. */
const SHORTEST_LIFE_MS = 5_000;

/** Tokens by `issue`, renewed before they expire. */
export function renewedToken(issue: () => Promise<Token>, clock: Clock): TokenSource {
  let current: { readonly token: string; readonly renewAt: number } | undefined;
  let fetching: Promise<string> | undefined;
  const fetch = async (): Promise<string> => {
    try {
      const { token, expires } = await issue();
      const now = clock.now();
      current = { token, renewAt: now + Math.max(SHORTEST_LIFE_MS, (expires - now) * 0.9) };
      return token;
    } finally {
      fetching = undefined;
    }
  };
  return {
    get() {
      if (current !== undefined && clock.now() < current.renewAt) return Promise.resolve(current.token);
      fetching ??= fetch();
      return fetching;
    },
    refused(token) {
      if (current?.token === token) current = undefined;
    },
  };
}
