import { CorridorError } from '@corridor/kernel';
import type { NodeAead } from '../keys/keys.ts';

/** Bytes of one offset: enough for 2^48 records of a partition. */
const OFFSET_BYTES = 6;

/**
 * A place in a stream as its reader keeps it: sealed, of fixed length, telling nothing.
 * @param binding what it is bound to: with any other it does not open
 */
export function sealOffsets(offsets: readonly number[], binding: Uint8Array, aead: NodeAead): Buffer {
  const clear = Buffer.alloc(offsets.length * OFFSET_BYTES);
  offsets.forEach((offset, p) => clear.writeUIntBE(offset, p * OFFSET_BYTES, OFFSET_BYTES));
  return aead.seal(clear, binding);
}

/** The offsets of a cursor. @throws CURSOR_INVALID unless this node gave it out with this binding. */
export function openOffsets(cursor: Uint8Array, partitions: number, binding: Uint8Array, aead: NodeAead): number[] {
  const clear = aead.open(cursor, binding);
  if (clear?.length !== partitions * OFFSET_BYTES) {
    throw new CorridorError('CURSOR_INVALID', 'the cursor is not of this agency and subscription', { field: 'cursor' });
  }
  return Array.from({ length: partitions }, (_, p) => clear.readUIntBE(p * OFFSET_BYTES, OFFSET_BYTES));
}
