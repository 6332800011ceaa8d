import type { ActorRef, Purpose } from '@corridor/policy';
import { TOPICS, type NodeAead } from '@corridor/runtime';
import type { UpdateFilter } from '../domain/filter.ts';
import { openCursor } from './cursor.ts';
import type { HubRecordBook } from './record-book.ts';

/** Puts on record that everything before a cursor has arrived. @throws CURSOR_INVALID. */
export async function acknowledgeDelivery(
  actor: ActorRef,
  purpose: Purpose,
  filter: UpdateFilter,
  cursor: Uint8Array,
  { book, cursors }: { readonly book: HubRecordBook; readonly cursors: NodeAead },
): Promise<void> {
  const before = openCursor(cursor, TOPICS.updates.partitions, { agency: actor.agency, purpose, filter }, cursors);
  await book.acknowledge({ recipient: actor.agency, purpose, filter, before });
}
