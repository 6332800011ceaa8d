import type { FileRegistry } from '@bufbuild/protobuf';
import { type Clock, CorridorError } from '@corridor/kernel';
import { type Listener, type PolicyView, type Report, traceOf, type TokenVerifier } from '@corridor/runtime';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, Router } from 'express';
import type { JsonAnswers } from '../contract/json-answer.ts';
import { API, type Operation } from '../contract/operations.ts';
import type { Condition } from '../node/condition.ts';
import type { NodeCalls } from '../node/node-calls.ts';
import type { Identities } from '../session/identity.ts';
import type { DemandOf } from '../session/offer.ts';
import type { SealedSessions } from '../session/sealed-sessions.ts';
import { consoleRoutes } from './console.ts';
import type { EventStreams } from './event-streams.ts';
import { noStore, securityHeaders } from './headers.ts';
import { healthRoutes } from './health.ts';
import { callLimit, type GatewayLimits, signInLimit } from './limits.ts';
import { operationRoutes } from './operation-routes.ts';
import { ownHost, sameOrigin } from './origin.ts';
import { errorOf, refuse } from './refusal.ts';
import { clearSession, sessionRoutes, signInRoute } from './session-routes.ts';
import { statusRoute } from './status-route.ts';
import type { WaitingAnswers } from './waiting-answers.ts';
import { watchedRequest } from './watched-request.ts';

export interface AppParts {
  readonly listener: Listener;
  /** Names that the node goes by beside those of its listener. */
  readonly hosts: readonly string[];
  readonly consoleFolder: string;
  readonly limits: GatewayLimits;
  readonly contracts: FileRegistry;
  readonly operations: readonly Operation[];
  /** The OpenAPI document, as JSON. */
  readonly document: string;
  readonly answers: JsonAnswers;
  readonly demandOf: DemandOf;
  readonly node: NodeCalls;
  readonly sessions: SealedSessions;
  readonly tokens: Pick<TokenVerifier, 'verify'>;
  readonly identities: Identities;
  readonly policy: Pick<PolicyView, 'state' | 'current'>;
  readonly streams: EventStreams;
  readonly waiting: Pick<WaitingAnswers, 'watch'>;
  readonly conditions: () => readonly Condition[];
  readonly clock: Clock;
  readonly report: Report;
}

/** Everything the node answers over HTTP. */
export function gatewayApp(parts: AppParts): Express {
  const app = express();
  app.use(watchedRequest);
  app.use(securityHeaders(parts.listener.tls !== undefined));
  app.use(healthRoutes(parts.conditions));
  app.use(ownHost(parts.listener, parts.hosts));
  app.use(API, noStore, apiRoutes(parts));
  app.use(consoleRoutes(parts.consoleFolder));
  app.use(nothingHere);
  app.use(explain(parts));
  return app;
}

function apiRoutes(parts: AppParts): Router {
  const { identities, limits, document } = parts;
  const sessionParts = { ...parts, encrypted: parts.listener.tls !== undefined };
  const router = Router();
  router.use(signInRoute(sessionParts, signInLimit(limits)));
  router.use(identify(identities), callLimit(limits, identities), sameOrigin(identities));
  router.get('/openapi.json', (_request, response) => void response.type('json').send(document));
  router.use(sessionRoutes(sessionParts), statusRoute(parts), operationRoutes(parts));
  return router;
}

const identify =
  (identities: Identities): RequestHandler =>
  async (request, _response, next) => {
    await identities.identify(request);
    next();
  };

const nothingHere: RequestHandler = () => {
  throw new CorridorError('NOT_FOUND', 'there is nothing at this address');
};

/** Express knows an error handler by its four parameters. */
const explain =
  ({ identities, listener, report }: AppParts): ErrorRequestHandler =>
  (thrown, request, response, next) => {
    const error = errorOf(thrown);
    if (error.reason === 'INTERNAL') report('error', 'http.failed', { method: request.method, path: request.path, trace: traceOf(error) });
    if (response.headersSent) {
      next(thrown);
      return;
    }
    // A session that has ended is not sent again.
    if (error.reason === 'UNAUTHENTICATED' && identities.of(request).by === 'cookie') clearSession(response, { encrypted: listener.tls !== undefined });
    refuse(response, error);
  };
