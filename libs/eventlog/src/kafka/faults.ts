import { CorridorError } from '@corridor/kernel';

/** Refusals of a broker that somebody has to correct. */
const REFUSALS = /AUTHORIZATION_FAILED|(?<!ILLEGAL_)SASL|POLICY_VIOLATION|UNSUPPORTED|INVALID_(TOPIC_EXCEPTION|REPLICATION_FACTOR|CONFIG|PARTITIONS)|GROUP_MAX_SIZE/;
/** Answers that kafkajs takes for final and that pass by themselves: an election, a coordinator that moves, a connection that is used while it closes. */
const PASSING = /^(BROKER_NOT_AVAILABLE|KAFKA_STORAGE_ERROR|FENCED_LEADER_EPOCH|UNKNOWN_LEADER_EPOCH|NOT_ENOUGH_REPLICAS|NOT_ENOUGH_REPLICAS_AFTER_APPEND|UNKNOWN|NOT_COORDINATOR_FOR_GROUP|ILLEGAL_SASL_STATE)$/;
/** kafkajs tells a login during which the connection broke off, as it does when a broker stops, like one that was refused; only the words differ. */
const BROKEN_OFF = / failed: (Closed connection|Connection (closed by the server|error|timeout)|Not connected|Let go|Request .* timed out)/;

interface Fault {
  readonly name: string;
  readonly message: string;
  /** The broker's own name of the error, e.g. NOT_LEADER_FOR_PARTITION. */
  readonly type?: unknown;
  readonly retriable?: unknown;
  readonly cause?: unknown;
}

const isFault = (error: unknown): error is Fault => error instanceof Error && error.name.startsWith('KafkaJS');

/** What is behind the wrappers in which kafkajs tells that it gave up. */
function origin(error: unknown): unknown {
  let inner = error;
  while (isFault(inner) && /^KafkaJS(NumberOfRetriesExceeded|NonRetriableError)$/.test(inner.name) && inner.cause instanceof Error) inner = inner.cause;
  return inner;
}

/** A short name of a fault, without content: the broker's name of it, else the library's. */
export function faultName(error: unknown): string {
  const inner = origin(error);
  if (isFault(inner)) return typeof inner.type === 'string' ? inner.type : inner.name.slice('KafkaJS'.length);
  // The port has one reason for many faults.
  if (inner instanceof CorridorError) return isFault(inner.cause) ? faultName(inner.cause) : inner.reason;
  return inner instanceof Error ? inner.name : 'Error';
}

/** Whether the same may succeed later without anybody's doing. */
export function isPassingFault(error: unknown): boolean {
  const inner = origin(error);
  if (!isFault(inner)) return false;
  const name = faultName(inner);
  if (name === 'SASLAuthenticationError') return BROKEN_OFF.test(inner.message);
  if (REFUSALS.test(name)) return false;
  return inner.retriable !== false || PASSING.test(name);
}

/** The cluster did not do it in time. */
export const unavailable = (fault: string, options?: ErrorOptions): CorridorError =>
  new CorridorError('UNAVAILABLE', `the log cannot be reached now (${fault})`, {}, options);

/** A fault as the port tells it. */
export function refusalOf(cause: unknown): CorridorError {
  if (cause instanceof CorridorError) return cause;
  const fault = faultName(cause);
  if (isPassingFault(cause)) return unavailable(fault, { cause });
  if (REFUSALS.test(fault)) return new CorridorError('CONFIG_INVALID', `the cluster refuses this (${fault}): check the connection and what its principal may do`, {}, { cause });
  return CorridorError.from(cause);
}
