import { begin, now, ofCaller, record, secondsSince, TRACEPARENT, type LabelsOf } from '@corridor/telemetry';
import type { Request, RequestHandler } from 'express';

type Labels = LabelsOf<'http.server.request.duration'>;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

/** Answers each request under a span of its caller, and measures it; a live event stream is open for too long to measure. */
export const watchedRequest: RequestHandler = (request, response, next) => {
  const method: Labels['http.request.method'] = METHODS.find((one) => one === request.method) ?? '_OTHER';
  const span = begin('http.serve', { 'http.request.method': method, 'http.route': 'none' }, ofCaller(request.get(TRACEPARENT)));
  const began = now();
  response.once('close', () => {
    const labels = { 'http.request.method': method, 'http.route': routeOf(request), 'http.response.status_code': response.statusCode };
    if (!String(response.getHeader('content-type')).startsWith('text/event-stream')) record('http.server.request.duration', secondsSince(began), labels);
    span.set(labels);
    span.end();
  });
  span.run(next);
};

/** The pattern that answered, never the address as it was asked for: that may hold anything. */
function routeOf({ baseUrl, route }: Pick<Request, 'baseUrl' | 'route'>): string {
  const found: unknown = route;
  if (typeof found !== 'object' || found === null || !('path' in found) || typeof found.path !== 'string') return 'none';
  return `${baseUrl}${found.path}`;
}
