import type { Response } from 'express';
import { CorridorError, REASONS } from '@corridor/kernel';

/** One form for every refusal: the stable reason, what is wrong, what to do, and facts about it. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
  readonly todo: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An error as it is told; of a defect only that there is one. Over gRPC a message ends with what to do, which stands apart here. */
export function refusalOf({ reason, message, todo, metadata }: CorridorError): Refusal {
  if (reason === 'INTERNAL') return { reason, message: 'the node failed to do this', todo, metadata: {} };
  const repeated = `. ${todo}`;
  return { reason, message: message.endsWith(repeated) ? message.slice(0, -repeated.length) : message, todo, metadata };
}

/** Answers with a refusal. */
export function refuse(response: Response, error: CorridorError): void {
  if (error.reason === 'UNAUTHENTICATED') response.set('www-authenticate', 'Bearer');
  // The limit on calls has said it already, to the second.
  if (error.retryAfterMs !== undefined && !response.hasHeader('retry-after')) response.set('retry-after', String(Math.ceil(error.retryAfterMs / 1000)));
  response.status(REASONS[error.reason].http).json(refusalOf(error));
}

/** What was thrown, as an error of ours: errors of HTTP libraries carry the status that the request deserves. */
export function errorOf(thrown: unknown): CorridorError {
  const status = thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number' ? thrown.status : undefined;
  if (thrown instanceof CorridorError || status === undefined || status < 400 || status > 499) return CorridorError.from(thrown);
  if (status === 413) return new CorridorError('MESSAGE_TOO_LARGE', 'the body is longer than is taken', {}, { cause: thrown });
  return new CorridorError('INVALID_ARGUMENT', 'the request is not one that HTTP knows', {}, { cause: thrown });
}
