import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import type { Documents, KeyRange, Page, PagePosition, PageOrder } from './documents.ts';

/** How many documents are read at a time. */
const PAGE = 200;

/** Every entry of a range of an index, in its order, read page by page, with turns for others between them. What is written meanwhile may show or not. */
export async function* every<T>(documents: Documents<T>, index: string, range: KeyRange, order: PageOrder = 'ascending'): AsyncGenerator<Page<T>['items'][number], void, undefined> {
  let after: PagePosition | undefined;
  do {
    const page: Page<T> = await documents.page(index, range, after, PAGE, order);
    yield* page.items;
    after = page.next;
    if (after !== undefined) await turnOfTheEventLoop();
  } while (after !== undefined);
}
