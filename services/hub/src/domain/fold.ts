import { maskFor, nextMask, type Mask, type MaskMemory } from '@corridor/disclosure';
import type { EarlierVersion } from './folded-record.ts';
import { tableOf, type Update, type UpdateBatch } from './update.ts';

/** What hides everything of a table: for a version whose earlier ones cannot be read, so that nothing is known of them. */
const WITHHELD: Mask = { form: 'withheld', hidden: [], sum: false, total: false };

/** The mask of an update, a function of all versions of its report so far; undefined where there is nothing to mask. */
export function maskOf(update: Update, batch: UpdateBatch, earlier: readonly EarlierVersion[] | 'gone'): Mask | undefined {
  if (update.content.kind !== 'movement') return undefined;
  if (earlier === 'gone') return WITHHELD;
  let memory: MaskMemory | undefined;
  for (const version of earlier) {
    const table = tableOf(version.update.content);
    if (table !== undefined) memory = nextMask(memory, table, { threshold: version.threshold }).memory;
  }
  return maskFor(memory, update.content.table, { threshold: batch.threshold });
}

/** Whether an update repeats a version that is there: same content, under the same conditions. */
export const isRepeat = (update: Update, batch: UpdateBatch, there: EarlierVersion): boolean =>
  JSON.stringify([update, batch.handling, batch.category, batch.threshold]) ===
  JSON.stringify([there.update, there.handling, there.category, there.threshold]);
