import { type Request, type Response, Router } from 'express';
import { CorridorError } from '@corridor/kernel';
import type { JsonAnswers } from '../contract/json-answer.ts';
import { requestOfBody } from '../contract/json-request.ts';
import { API, type Operation } from '../contract/operations.ts';
import { requestOfQuery } from '../contract/query.ts';
import type { NodeCalls } from '../node/node-calls.ts';
import type { Identities } from '../session/identity.ts';
import type { DemandOf } from '../session/offer.ts';
import { bodyOf, jsonBody } from './body.ts';
import { untilClosed } from './closing.ts';
import type { EventStreams } from './event-streams.ts';
import { queryOf } from './query-of.ts';
import type { WaitingAnswers } from './waiting-answers.ts';

export interface OperationParts {
  readonly operations: readonly Operation[];
  readonly demandOf: DemandOf;
  readonly node: NodeCalls;
  readonly answers: JsonAnswers;
  readonly identities: Identities;
  readonly streams: EventStreams;
  readonly waiting: Pick<WaitingAnswers, 'watch'>;
}

/** One route for each operation: JSON in, the node's RPC in the name of who is signed in, JSON or events out. */
export function operationRoutes(parts: OperationParts): Router {
  const router = Router();
  for (const operation of parts.operations) {
    const path = operation.path.slice(API.length);
    router.all(path, (request, response, next) => {
      if (request.method === operation.verb) {
        next();
        return;
      }
      response.set('allow', operation.verb);
      throw new CorridorError('INVALID_ARGUMENT', `${operation.id} is called by ${operation.verb}`, { method: operation.verb });
    });
    router.all(path, ...(operation.verb === 'POST' ? jsonBody : []), (request, response) => answer(parts, operation, request, response));
  }
  return router;
}

async function answer(parts: OperationParts, operation: Operation, request: Request, response: Response): Promise<void> {
  const { demandOf, node, answers, identities, streams, waiting } = parts;
  if (demandOf(operation.rpc) === undefined) throw new CorridorError('NOT_FOUND', `this node does not serve ${operation.id}`);
  const session = identities.sessionOf(request);
  if (operation.answers === 'as a stream') {
    await streams.open(operation, session, request, response);
    return;
  }
  const message = operation.verb === 'GET' ? requestOfQuery(operation.input, queryOf(request)) : requestOfBody(operation.input, bodyOf(request));
  const bytes = await node.unary(operation.rpc, message, session.token, untilClosed(response));
  response.json(answers.jsonOf(operation.output, bytes));
  waiting.watch(response);
}
