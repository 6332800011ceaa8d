import { CorridorError } from '@corridor/kernel';
import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoSystemError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from 'mongodb';

/** Error codes of the server (https://www.mongodb.com/docs/manual/reference/error-codes/). */
const DUPLICATE_KEY = 11_000;
const NOT_IMPLEMENTED = 238;
const OUT_OF_DISK: ReadonlySet<number> = new Set([14_031, 12_501]);
/** BSONObjectTooLarge, and what an update of 16 MB and more is refused with. */
const TOO_LARGE: ReadonlySet<number> = new Set([10_334, 17_419, 17_420]);
/** Unauthorized, AuthenticationFailed, UserNotFound; 8000 is how hosted clusters refuse credentials. */
const REFUSED: ReadonlySet<number> = new Set([13, 18, 11, 8000]);
/**
 * The server is not there, not primary, about to stop, or did not get it done in time; or failed within itself (1, 8), as it
 * does when it is ended: whatever it was asked, it may do it later.
 */
const PASSING: ReadonlySet<number> = new Set([
  1, 6, 7, 8, 24, 43, 46, 50, 63, 64, 89, 91, 100, 112, 133, 134, 150, 175, 189, 202, 234, 237, 262, 290, 317, 358, 384, 9001, 10_058, 10_107, 11_600, 11_601, 11_602, 13_388, 13_435, 13_436, 13_475,
]);

export const isDuplicate = (error: unknown): boolean => code(error) === DUPLICATE_KEY;
export const isNotImplemented = (error: unknown): boolean => code(error) === NOT_IMPLEMENTED;

/**
 * What an error of the driver means: UNAVAILABLE, STORAGE_FULL, VALUE_TOO_LARGE, CONFIG_INVALID or INTERNAL. The driver's
 * errors may hold what was written and the URL with its password, so none is kept: the cause has its name and code only.
 */
export function failure(error: unknown): CorridorError {
  if (error instanceof CorridorError) return error;
  const cause = { cause: named(nameOf(error)) };
  const number = code(error) ?? 0;
  if (OUT_OF_DISK.has(number)) return new CorridorError('STORAGE_FULL', 'the disk of MongoDB is full', {}, cause);
  if (TOO_LARGE.has(number)) return new CorridorError('VALUE_TOO_LARGE', 'MongoDB takes no document as large', {}, cause);
  if (REFUSED.has(number)) return new CorridorError('CONFIG_INVALID', 'MongoDB refuses the credentials, or they do not allow this', {}, cause);
  if (isPassing(error, number)) return new CorridorError('UNAVAILABLE', 'MongoDB does not answer, or cannot do this now', {}, cause);
  return new CorridorError('INTERNAL', 'MongoDB failed to do this', {}, cause);
}

/** Runs what calls the driver, and passes its errors through `failure`. */
export async function withFailures<R>(call: () => Promise<R>): Promise<R> {
  try {
    return await call();
  } catch (error) {
    throw failure(error);
  }
}

function isPassing(error: unknown, number: number): boolean {
  return (
    PASSING.has(number) ||
    isBulkWithoutAnswer(error) ||
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoSystemError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoClientClosedError ||
    error instanceof MongoExpiredSessionError ||
    error instanceof MongoWriteConcernError ||
    (error instanceof MongoError && (error.name === 'MongoWaitQueueTimeoutError' || error.name === 'MongoPoolClosedError' || error.hasErrorLabel('RetryableWriteError')))
  );
}

/** Whether a batch came to no answer of the server. The driver then tells neither class nor labels of the error that it met: it was one of the network, as what is written has been checked. */
const isBulkWithoutAnswer = (error: unknown): boolean => error instanceof MongoBulkWriteError && code(error) === undefined;

/** The code that the server gave; of a batch that of its first refusal. */
function code(error: unknown): number | undefined {
  return error instanceof MongoServerError && typeof error.code === 'number' ? error.code : undefined;
}

/** An error of which a trace, which leaves out messages, tells the name. */
const named = (name: string): Error => Object.assign(new Error(name), { name });

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no error object';
  const number = code(error);
  return number === undefined ? error.name : `${error.name} ${number}`;
}
