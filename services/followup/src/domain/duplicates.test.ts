import type { Uuid } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { id } from '../world.testing.ts';
import { checkDuplicate } from './duplicates.ts';

/** Recommendation n repeats n + 1, up to the last. */
const chain = (length: number) => (of: Uuid) => {
  const n = Array.from({ length }, (_, i) => id(i + 1)).indexOf(of) + 1;
  return Promise.resolve(n === 0 || n === length ? undefined : id(n + 1));
};

describe('a repeat', () => {
  it.each([1, 2, 3, 5, 50])('closes no circle of %i', async (length) => {
    // The last of the chain is to repeat its first.
    await expect(checkDuplicate(id(length), id(1), chain(length), 'duplicate_of')).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining('lead back'),
      metadata: { field: 'duplicate_of' },
    });
  });

  it('may repeat what repeats another', async () => {
    await expect(checkDuplicate(id(77), id(1), chain(5), 'duplicate_of')).resolves.toBeUndefined();
  });

  it('ends a chain that is too long', async () => {
    await expect(checkDuplicate(id(777), id(1), chain(150), 'duplicate_of')).rejects.toMatchObject({ message: expect.stringContaining('100') });
  });
});
