import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import { CorridorError } from '@corridor/kernel';
import { actorName, type TokenVerifier, type VerifiedToken } from '@corridor/runtime';
import { SESSION_COOKIE, type SealedSessions } from './sealed-sessions.ts';

/** How a request says who sends it. A browser sends its cookie by itself; a header is always meant. */
export type By = 'cookie' | 'header' | 'nothing';

/** Who has signed in. */
export interface Session extends VerifiedToken {
  /** `agencies/{agency}/actors/{actor}` */
  readonly name: string;
  readonly token: string;
}

/** Who sends a request: with a session, or with something that is none or none any more. */
export interface Identity {
  readonly by: By;
  readonly session: Session | undefined;
}

export interface Identities {
  /** Looks at a request once; what `of` then tells. */
  identify(request: IncomingMessage): Promise<void>;
  of(request: IncomingMessage): Identity;
  /** @throws CorridorError UNAUTHENTICATED */
  sessionOf(request: IncomingMessage): Session;
}

const BEARER = /^Bearer ([\w.-]+)$/i;
const NOBODY: Identity = { by: 'nothing', session: undefined };

/** Who sends which request: by `Authorization: Bearer`, else by the cookie of a session. */
export function identities(sessions: SealedSessions, tokens: Pick<TokenVerifier, 'verify'>): Identities {
  const known = new WeakMap<IncomingMessage, Identity>();
  const of = (request: IncomingMessage): Identity => known.get(request) ?? NOBODY;
  const identityOf = async ({ headers }: IncomingMessage): Promise<Identity> => {
    if (headers.authorization !== undefined) return { by: 'header', session: await holder(BEARER.exec(headers.authorization)?.[1], tokens) };
    const sealed = parseCookie(headers.cookie ?? '')[SESSION_COOKIE];
    return sealed === undefined ? NOBODY : { by: 'cookie', session: await holder(sessions.open(sealed), tokens) };
  };
  return {
    identify: async (request) => void known.set(request, await identityOf(request)),
    of,
    sessionOf: (request) => {
      const { session, by } = of(request);
      if (session !== undefined) return session;
      throw new CorridorError('UNAUTHENTICATED', by === 'nothing' ? 'nobody is signed in' : 'the session has ended, or is none of this node');
    },
  };
}

async function holder(token: string | undefined, tokens: Pick<TokenVerifier, 'verify'>): Promise<Session | undefined> {
  if (token === undefined) return undefined;
  try {
    const verified = await tokens.verify(token);
    return { ...verified, name: actorName(verified), token };
  } catch (error) {
    if (CorridorError.from(error).reason === 'UNAUTHENTICATED') return undefined;
    throw error;
  }
}
