import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Security headers of every answer. The console brings all it shows: scripts, styles and images of its own files, none
 * within a page, and calls to this node alone. Nobody may frame it.
 */
export const securityHeaders = (encrypted: boolean): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: encrypted,
  });

/** What the API answers is for one caller at one time. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.set('cache-control', 'no-store');
  next();
};
