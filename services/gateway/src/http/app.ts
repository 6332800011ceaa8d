import { CorridorError, REASONS } from '@corridor/kernel';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { healthRoutes, type Readiness } from './health.ts';

/** Everything the node answers over HTTP. */
export function gatewayApp(readiness: Readiness): Express {
  const app = express();
  app.use(helmet());
  app.use(healthRoutes(readiness));
  app.use(nothingHere);
  app.use(explain);
  return app;
}

const nothingHere: RequestHandler = (_request, response) => {
  refuse(response, new CorridorError('NOT_FOUND', 'there is nothing at this address'));
};

/** Express knows an error handler by its four parameters. */
const explain: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) next(error);
  else refuse(response, CorridorError.from(error));
};

/** One form for every refusal: the stable reason, what is wrong, what to do. */
function refuse(response: Response, { reason, message, todo }: CorridorError): void {
  response.status(REASONS[reason].http).json({ reason, message, todo });
}
