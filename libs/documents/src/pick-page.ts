import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { utf8 } from '@corridor/kernel';
import type { Documents, KeyRange, PageOrder, PagePosition } from './documents.ts';

/** How many documents are looked at for one page before it is given out as it is, and how many at a time. */
const LOOKED_AT = 2000;
const CHUNK = 100;
/** A page that has reached this many bytes is given out as it is: a gRPC client takes 4 MB of one message. */
const PAGE_BYTES = 2_000_000;

export interface PickRequest {
  readonly index: string;
  readonly range: KeyRange;
  readonly after: PagePosition | undefined;
  readonly order: PageOrder;
  /** The most that are picked. */
  readonly size: number;
}

/** What was picked, and where the next page begins; without `next` there is no more. A page may be short, or empty, and have a next. */
export interface Picked<P> {
  readonly items: readonly P[];
  readonly next?: PagePosition;
}

/**
 * One page of what somebody wants and may have of the documents, in the order of an index. However few are picked, no
 * more than 2,000 documents are looked at, and others have their turn of the event loop meanwhile.
 * @param pick what a document comes to; undefined when it is passed over
 * @param contentOf what of it takes room in an answer, as JSON
 */
export async function pickPage<T, P>(
  documents: Documents<T>,
  { index, range, after: start, order, size }: PickRequest,
  pick: (doc: T) => Promise<P | undefined>,
  contentOf: (picked: P) => unknown,
): Promise<Picked<P>> {
  const items: P[] = [];
  let bytes = 0;
  const isFull = (): boolean => items.length >= size || bytes >= PAGE_BYTES;
  let after = start;
  for (let looked = 0; looked < LOOKED_AT && !isFull(); ) {
    // Most readers may see nearly all: at first no more is opened than a page takes, and one to see whether there is a next.
    const atOnce = looked === 0 ? Math.min(CHUNK, size + 1) : Math.min(CHUNK, LOOKED_AT - looked);
    const page = await documents.page(index, range, after, atOnce, order);
    looked += page.items.length;
    for (const [position, { doc, key, id }] of page.items.entries()) {
      after = { key, id };
      const picked = await pick(doc);
      if (picked === undefined) continue;
      items.push(picked);
      bytes += utf8(JSON.stringify(contentOf(picked))).length;
      if (isFull() && position + 1 < page.items.length) return { items, next: after };
    }
    if (page.next === undefined) return { items };
    await turnOfTheEventLoop();
  }
  return after === undefined ? { items } : { items, next: after };
}
