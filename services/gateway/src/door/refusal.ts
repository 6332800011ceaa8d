import type { OutgoingHttpHeaders } from 'node:http2';
import { CorridorError } from '@corridor/kernel';
import { encodeStatus, STATUS_TRAILER, statusOf } from '@corridor/runtime';

const UNIMPLEMENTED = 12;

/** A call that the door cannot have answered: gRPC libraries are told when to try again (gRFC A6). */
export const unavailable = (message: string, cause?: unknown): CorridorError =>
  new CorridorError('UNAVAILABLE', message, {}, cause === undefined ? {} : { cause });

/** The trailers that end a call with an error. */
export function trailersFor(error: CorridorError): OutgoingHttpHeaders {
  const status = statusOf(error);
  return {
    'grpc-status': String(status.code),
    'grpc-message': encodeURI(status.message),
    [STATUS_TRAILER]: Buffer.from(encodeStatus(status)).toString('base64'),
    ...(error.reason === 'UNAVAILABLE' ? { 'grpc-retry-pushback-ms': String(status.retryAfterMs) } : {}),
  };
}

/** An answer that is nothing but its end. */
const trailersOnly = (trailers: OutgoingHttpHeaders): OutgoingHttpHeaders => ({ ':status': 200, 'content-type': 'application/grpc+proto', ...trailers });

/** The whole answer to a call that is refused. */
export const refusalFor = (error: CorridorError): OutgoingHttpHeaders => trailersOnly(trailersFor(error));

/** The whole answer to a call of something that nobody serves. */
export const UNKNOWN_METHOD: OutgoingHttpHeaders = trailersOnly({ 'grpc-status': String(UNIMPLEMENTED), 'grpc-message': 'The node does not serve this method' });
