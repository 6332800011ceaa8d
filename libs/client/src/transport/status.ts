import { status as GrpcStatus, type ServiceError } from '@grpc/grpc-js';
import { CorridorError, REASONS, type Reason } from '@corridor/kernel';
import type { ItemError } from '@corridor/contracts/common/v1/vocabulary';
import { decodeStatus, STATUS_TRAILER } from '@corridor/runtime/status';

/** How a call failed: the error for the caller, and whether doing the same again may help. */
export interface Failure {
  readonly error: CorridorError;
  /** The node answered so itself (the status carries a google.rpc.ErrorInfo); otherwise it is the transport's word. */
  readonly stated: boolean;
}

/**
 * Reads a failed call: the google.rpc.ErrorInfo of the status details (AIP-193), or, where there is none because the
 * call never reached a node, the gRPC status code.
 */
export function failureOf(cause: unknown, address: string): Failure {
  if (cause instanceof CorridorError) return { error: cause, stated: false };
  if (!isServiceError(cause)) return { error: CorridorError.from(cause), stated: false };
  const [trailer] = cause.metadata.get(STATUS_TRAILER);
  const status = trailer === undefined || typeof trailer === 'string' ? undefined : decodeStatus(trailer);
  if (status?.info !== undefined) {
    return { error: stated(status.info.reason, status.code, status.message, status.info.metadata, { cause }), stated: true };
  }
  const reason = reasonOfCode(cause.code);
  const message = reason === 'UNAVAILABLE' ? `no answer from ${address}: ${cause.details}` : cause.details || cause.message;
  return { error: new CorridorError(reason, message, {}, { cause }), stated: false };
}

/** The error of one item of a batch as an error to throw. */
export const itemFailure = ({ reason, code, message, metadata }: ItemError): CorridorError => stated(reason, code, message, metadata);

/**
 * Whether the same call, sent again, may go through: the node or the way to it is down for now, or takes no more at the
 * moment. Only for calls that may be repeated.
 */
export function isPassing({ error, stated }: Failure): boolean {
  if (error.code === 'UNAVAILABLE' || error.reason === 'QUEUE_FULL') return true;
  return !stated && BROKEN_TRANSPORT.has(grpcCode(error.cause));
}

/** Codes that gRPC libraries report when a connection breaks under a call. */
const BROKEN_TRANSPORT: ReadonlySet<number | undefined> = new Set([GrpcStatus.CANCELLED, GrpcStatus.UNKNOWN, GrpcStatus.INTERNAL]);

const grpcCode = (cause: unknown): number | undefined => (isServiceError(cause) ? cause.code : undefined);

function isServiceError(value: unknown): value is ServiceError {
  return value instanceof Error && 'code' in value && typeof value.code === 'number' && 'metadata' in value;
}

function stated(
  reason: string,
  code: number,
  message: string,
  metadata: Readonly<Record<string, string>>,
  options?: ErrorOptions,
): CorridorError {
  if (isReason(reason)) return new CorridorError(reason, message, metadata, options);
  // A newer node may know reasons that this client does not.
  return new CorridorError(reasonOfCode(code), message, { ...metadata, reason }, options);
}

const isReason = (text: string): text is Reason => Object.hasOwn(REASONS, text);

/** The most general reason of each gRPC code. */
const GENERAL_REASON: ReadonlyMap<number, Reason> = new Map<number, Reason>([
  [GrpcStatus.INVALID_ARGUMENT, 'INVALID_ARGUMENT'],
  [GrpcStatus.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED'],
  [GrpcStatus.NOT_FOUND, 'NOT_FOUND'],
  [GrpcStatus.ALREADY_EXISTS, 'ALREADY_EXISTS'],
  [GrpcStatus.PERMISSION_DENIED, 'PERMISSION_DENIED'],
  [GrpcStatus.RESOURCE_EXHAUSTED, 'MESSAGE_TOO_LARGE'],
  [GrpcStatus.FAILED_PRECONDITION, 'STATE_FORBIDS'],
  [GrpcStatus.ABORTED, 'VERSION_CONFLICT'],
  [GrpcStatus.UNAVAILABLE, 'UNAVAILABLE'],
  [GrpcStatus.DATA_LOSS, 'DATABASE_DAMAGED'],
  [GrpcStatus.UNAUTHENTICATED, 'UNAUTHENTICATED'],
]);
const reasonOfCode = (code: number): Reason => GENERAL_REASON.get(code) ?? 'INTERNAL';
