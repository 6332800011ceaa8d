import express, { type Request, type RequestHandler } from 'express';
import { CorridorError } from '@corridor/kernel';

/** Longest body that is read, in bytes. */
export const BODY_LIMIT = 1_000_000;

/** Reads a body of JSON as it is; another content type is refused, as a form of another site would send it. */
export const jsonBody: readonly RequestHandler[] = [
  (request, _response, next) => {
    const { 'content-type': type = '' } = request.headers;
    if (!/^application\/json *(?:; *charset="?utf-8"? *)?$/i.test(type)) throw new CorridorError('INVALID_ARGUMENT', 'the content type must be application/json', { field: 'Content-Type' });
    next();
  },
  express.raw({ type: () => true, limit: BODY_LIMIT }),
];

/** The bytes of a body; none when there is none. */
export function bodyOf(request: Request): Uint8Array {
  const body: unknown = request.body;
  return body instanceof Uint8Array ? body : new Uint8Array();
}
