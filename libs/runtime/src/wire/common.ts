import type { ItemError, LogPosition, PolicyRevision as PolicyRevisionMessage } from '@corridor/contracts/common/v1/vocabulary';
import { CorridorError, GRPC_CODE } from '@corridor/kernel';
import type { Position } from '@corridor/eventlog';
import type { PolicyRevision } from '@corridor/policy';

/** Milliseconds since the epoch of a Timestamp. @throws CorridorError INVALID_ARGUMENT naming `field` when it is unset. */
export function timestampFrom(date: Date | undefined, field: string): number {
  const ms = date?.getTime() ?? Number.NaN;
  if (!Number.isSafeInteger(ms)) throw new CorridorError('INVALID_ARGUMENT', `${field} must be a time`, { field });
  return ms;
}

/** A 64-bit integer of a contract as a number. @throws CorridorError INVALID_ARGUMENT naming `field` beyond 2^53-1. */
export function integerFrom(value: bigint, field: string): number {
  const integer = Number(value);
  if (!Number.isSafeInteger(integer) || integer < 0) {
    throw new CorridorError('INVALID_ARGUMENT', `${field} must be a whole number from 0 to 2^53-1`, { field });
  }
  return integer;
}

/** A part that must be there. @throws CorridorError INVALID_ARGUMENT naming `field` */
export function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new CorridorError('INVALID_ARGUMENT', `${field} is missing`, { field });
  return value;
}

/** The version that a request names: 0 stands for whichever it is. @throws CorridorError INVALID_ARGUMENT */
export const expectedVersionFrom = (version: bigint): number => integerFrom(version, 'expected_version');

/** A policy revision; unset is the beginning of both topics. */
export const revisionFrom = (message: PolicyRevisionMessage | undefined, field: string): PolicyRevision => ({
  registry: integerFrom(message?.registry ?? 0n, `${field}.registry`),
  consents: integerFrom(message?.consents ?? 0n, `${field}.consents`),
});

/** The message of a policy revision. */
export const revisionTo = (revision: PolicyRevision): PolicyRevisionMessage => ({
  registry: BigInt(revision.registry),
  consents: BigInt(revision.consents),
});

/** The message of a position. */
export const positionTo = ({ partition, offset }: Position): LogPosition => ({ partition, offset: BigInt(offset) });

/** A position. @throws CorridorError INVALID_ARGUMENT naming `field` when it is unset or out of range. */
export function positionFrom(message: LogPosition | undefined, field: string): Position {
  if (message === undefined) throw new CorridorError('INVALID_ARGUMENT', `${field} must be a position`, { field });
  return { partition: message.partition, offset: integerFrom(message.offset, `${field}.offset`) };
}

/** One message per partition of the next offsets. */
export const offsetsTo = (offsets: readonly number[]): readonly LogPosition[] =>
  offsets.map((offset, partition) => positionTo({ partition, offset }));

/** An error as an item of a batch carries it; what is not ours becomes INTERNAL without detail. */
export function itemErrorTo(error: unknown): ItemError {
  const known = CorridorError.from(error);
  return { code: GRPC_CODE[known.code], reason: known.reason, message: known.message, metadata: { ...known.metadata } };
}
