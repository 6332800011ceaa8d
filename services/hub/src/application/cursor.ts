import { utf8, type AgencyId } from '@corridor/kernel';
import type { Purpose } from '@corridor/policy';
import { openOffsets, sealOffsets, type NodeAead } from '@corridor/runtime';
import { filterKey, type UpdateFilter } from '../domain/filter.ts';

/** What a cursor is bound to: with any other it does not open. */
export interface CursorOwner {
  readonly agency: AgencyId;
  readonly purpose: Purpose;
  readonly filter: UpdateFilter;
}

const binding = ({ agency, purpose, filter }: CursorOwner): Uint8Array => utf8(`cursor\0${agency}\0${purpose}\0${filterKey(filter)}`);

/** A place in a subscription as its reader keeps it: sealed, of fixed length, telling nothing. */
export const sealCursor = (offsets: readonly number[], owner: CursorOwner, aead: NodeAead): Buffer => sealOffsets(offsets, binding(owner), aead);

/** The offsets of a cursor. @throws CURSOR_INVALID unless this node gave it to this agency for this purpose and filter. */
export const openCursor = (cursor: Uint8Array, partitions: number, owner: CursorOwner, aead: NodeAead): number[] =>
  openOffsets(cursor, partitions, binding(owner), aead);
