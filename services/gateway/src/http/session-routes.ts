import type { FileRegistry } from '@bufbuild/protobuf';
import { type RequestHandler, type Response, Router } from 'express';
import { IssueTokenResponse, RegistryServiceService } from '@corridor/contracts/registry/v1/registry';
import { CorridorError } from '@corridor/kernel';
import { actorName, type PolicyView, type TokenVerifier } from '@corridor/runtime';
import { requestOfBody } from '../contract/json-request.ts';
import type { Operation } from '../contract/operations.ts';
import type { NodeCalls } from '../node/node-calls.ts';
import type { Identities, Session } from '../session/identity.ts';
import { type DemandOf, type Offer, offerTo } from '../session/offer.ts';
import { SESSION_COOKIE, type SealedSessions } from '../session/sealed-sessions.ts';
import { bodyOf, jsonBody } from './body.ts';
import { untilClosed } from './closing.ts';
import { noForeignOrigin } from './origin.ts';

export interface SessionParts {
  readonly contracts: FileRegistry;
  readonly operations: readonly Operation[];
  readonly demandOf: DemandOf;
  readonly node: NodeCalls;
  readonly sessions: SealedSessions;
  readonly tokens: Pick<TokenVerifier, 'verify'>;
  readonly identities: Identities;
  readonly policy: Pick<PolicyView, 'current'>;
  /** Whether the listener speaks TLS: the cookie then never travels without. */
  readonly encrypted: boolean;
}

/** `POST /session` with actor and secret: signs in. It needs no session, and takes none. */
export function signInRoute(parts: SessionParts, limit: RequestHandler): Router {
  const { node, sessions, tokens } = parts;
  const issueToken = parts.contracts.getMessage('corridor.registry.v1.IssueTokenRequest');
  if (issueToken === undefined) throw new CorridorError('INTERNAL', 'the contracts have no IssueToken');
  const router = Router();
  router.post('/session', limit, noForeignOrigin, ...jsonBody, async (request, response) => {
    const answer = await node.unary(RegistryServiceService.issueToken.path, requestOfBody(issueToken, bodyOf(request)), undefined, untilClosed(response));
    const { token } = IssueTokenResponse.decode(answer);
    const verified = await tokens.verify(token);
    const offer = await offerNow({ ...verified, name: actorName(verified), token }, parts);
    response.cookie(SESSION_COOKIE, sessions.seal(token), { ...cookieOf(parts), expires: new Date(verified.expiresAt) });
    response.json(offer);
  });
  return router;
}

/** `GET /session`: who is signed in, and what is offered. `DELETE /session`: signs out. */
export function sessionRoutes(parts: SessionParts): Router {
  const router = Router();
  router.get('/session', async (request, response) => {
    response.json(await offerNow(parts.identities.sessionOf(request), parts));
  });
  router.delete('/session', (_request, response) => {
    clearSession(response, parts);
    response.status(204).end();
  });
  return router;
}

/** Takes the cookie back. */
export function clearSession(response: Response, parts: Pick<SessionParts, 'encrypted'>): void {
  response.clearCookie(SESSION_COOKIE, cookieOf(parts));
}

async function offerNow(session: Session, { policy, operations, demandOf }: SessionParts): Promise<Offer> {
  const { state } = await policy.current();
  return offerTo(session, state, operations, demandOf);
}

const cookieOf = ({ encrypted }: Pick<SessionParts, 'encrypted'>) => ({ httpOnly: true, sameSite: 'strict', secure: encrypted, path: '/' }) as const;
