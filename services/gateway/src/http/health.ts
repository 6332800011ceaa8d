import { Router } from 'express';
import type { Condition } from '../node/condition.ts';

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
