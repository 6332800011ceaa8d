import { Router } from 'express';

/** A service of the node: undefined while it works, else why it does not, in one line without payloads. */
export interface Condition {
  readonly name: string;
  readonly unwell: string | undefined;
}

export interface Readiness {
  /** Why the node cannot serve now, one line each; none when it can. */
  readonly unready: () => readonly string[];
}

/** `/healthz`: the process lives and its event loop turns. `/readyz`: the node serves; else 503 and the reasons. */
export function healthRoutes({ unready }: Readiness): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.set('cache-control', 'no-store').json({ status: 'alive' });
  });
  router.get('/readyz', (_request, response) => {
    const reasons = unready();
    response.set('cache-control', 'no-store');
    if (reasons.length === 0) response.json({ status: 'ready' });
    else response.status(503).json({ status: 'not ready', reasons });
  });
  return router;
}
