import { CorridorError, utf8, type AgencyId } from '@corridor/kernel';
import type { Purpose } from '@corridor/policy';
import type { NodeAead } from '@corridor/runtime';
import { filterKey, type UpdateFilter } from '../domain/filter.ts';

/** Bytes of one offset: enough for 2^48 records of a partition. */
const OFFSET_BYTES = 6;

/** What a cursor is bound to: with any other it does not open. */
export interface CursorOwner {
  readonly agency: AgencyId;
  readonly purpose: Purpose;
  readonly filter: UpdateFilter;
}

const binding = ({ agency, purpose, filter }: CursorOwner): Uint8Array => utf8(`cursor\0${agency}\0${purpose}\0${filterKey(filter)}`);

/** A place in a subscription as its reader keeps it: sealed, of fixed length, telling nothing. */
export function sealCursor(offsets: readonly number[], owner: CursorOwner, aead: NodeAead): Buffer {
  const clear = Buffer.alloc(offsets.length * OFFSET_BYTES);
  offsets.forEach((offset, p) => clear.writeUIntBE(offset, p * OFFSET_BYTES, OFFSET_BYTES));
  return aead.seal(clear, binding(owner));
}

/** The offsets of a cursor. @throws CURSOR_INVALID unless this node gave it to this agency for this purpose and filter. */
export function openCursor(cursor: Uint8Array, partitions: number, owner: CursorOwner, aead: NodeAead): number[] {
  const clear = aead.open(cursor, binding(owner));
  if (clear?.length !== partitions * OFFSET_BYTES) {
    throw new CorridorError('CURSOR_INVALID', 'the cursor is not of this agency, purpose and filter', { field: 'cursor' });
  }
  return Array.from({ length: partitions }, (_, p) => clear.readUIntBE(p * OFFSET_BYTES, OFFSET_BYTES));
}
