import { concat, CorridorError, equalBytes, sha256 } from '@corridor/kernel';

const DIGEST_SIZE = 32;

/** Bytes as the audit service stores them: with their SHA-256 behind them, so that no damage of a document goes unseen. */
export const withDigest = (bytes: Uint8Array): Uint8Array => concat(bytes, sha256(bytes));

/**
 * Reads bytes that `withDigest` stored. `read` may throw: bytes it cannot read are damaged.
 * @throws CorridorError DATABASE_DAMAGED, saying that a `what` is damaged
 */
export function readChecked<T>(stored: Uint8Array, what: string, read: (bytes: Uint8Array) => T): T {
  try {
    const end = stored.length - DIGEST_SIZE;
    if (end < 0) throw new RangeError('shorter than a digest');
    const bytes = stored.subarray(0, end);
    if (!equalBytes(sha256(bytes), stored.subarray(end))) throw new RangeError('not the bytes of the digest');
    return read(bytes);
  } catch (cause) {
    throw new CorridorError('DATABASE_DAMAGED', `a ${what} of the audit log is damaged`, {}, { cause });
  }
}
