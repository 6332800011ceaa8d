import { join } from 'node:path';
import express, { type RequestHandler, type Response, Router } from 'express';
import { API } from '../contract/operations.ts';

const YEAR_MS = 365 * 86_400_000;
/** Where a build puts files that have a digest of their content in their names. */
const HASHED = /[/\\]assets[/\\]/;

/**
 * The console: built files of a folder, at `/`. Names with a digest are kept for good, everything else is asked for anew.
 * A page of the console that is no file is its one page, which knows the way by the address.
 */
export function consoleRoutes(folder: string): Router {
  const router = Router();
  router.use(
    express.static(folder, {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      setHeaders: (response, path) => void response.set('cache-control', HASHED.test(path) ? `public, max-age=${YEAR_MS / 1000}, immutable` : 'no-cache'),
    }),
  );
  router.use(page(join(folder, 'index.html')));
  return router;
}

const page =
  (file: string): RequestHandler =>
  (request, response, next) => {
    if (request.method !== 'GET' || !isPage(request.path) || request.accepts(['json', 'html']) !== 'html') {
      next();
      return;
    }
    response.set('cache-control', 'no-cache').sendFile(file, (error?: Error) => {
      if (error !== undefined && !response.headersSent) notBuilt(response);
    });
  };

const isPage = (path: string): boolean => !/^\/(api|assets|healthz|readyz)(\/|$)/.test(path) && !/\.\w+$/.test(path);

function notBuilt(response: Response): void {
  response.status(404).type('text/plain').send(`The console of this node is not built. The JSON API is at ${API}, its description at ${API}/openapi.json.\n`);
}
