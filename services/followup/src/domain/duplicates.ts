import { refuse, type Uuid } from '@corridor/kernel';

/** How long a chain of repeats may be. */
const LONGEST_CHAIN = 100;

/** The recommendation that another one repeats; undefined when it repeats none, or is not there any more. */
export type DuplicateOf = (id: Uuid) => Promise<Uuid | undefined>;

/**
 * Refuses what would make a circle: going from the original on, nobody may come back to the repeat.
 * @throws CorridorError INVALID_ARGUMENT
 */
export async function checkDuplicate(repeat: Uuid, original: Uuid, duplicateOf: DuplicateOf, field: string): Promise<void> {
  let next: Uuid | undefined = original;
  for (let length = 0; next !== undefined; length += 1) {
    if (next === repeat) refuse(field, 'must not lead back to the recommendation itself');
    if (length >= LONGEST_CHAIN) refuse(field, `must not begin a chain of more than ${LONGEST_CHAIN} repeats`);
    next = await duplicateOf(next);
  }
}
