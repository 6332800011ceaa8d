import { Router } from 'express';

/** A service of the node: undefined while it works, else why it does not, in one line without payloads. */
export interface Condition {
  readonly name: string;
  readonly unwell: string | undefined;
}

/** `/healthz`: the process lives and its event loop turns. `/readyz`: the node serves; else 503 and the reasons. */
export function healthRoutes(conditions: () => readonly Condition[]): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.set('cache-control', 'no-store').json({ status: 'alive' });
  });
  router.get('/readyz', (_request, response) => {
    const reasons = conditions().flatMap(({ name, unwell }) => (unwell === undefined ? [] : [`${name}: ${unwell}`]));
    response.set('cache-control', 'no-store');
    if (reasons.length === 0) response.json({ status: 'ready' });
    else response.status(503).json({ status: 'not ready', reasons });
  });
  return router;
}
