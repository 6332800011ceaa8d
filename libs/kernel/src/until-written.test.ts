import { expect, it } from 'vitest';
import { CorridorError } from './error.ts';
import { REASONS, type Reason } from './reasons.ts';
import { isPassing } from './until-written.ts';

const isReason = (name: string): name is Reason => name in REASONS;

it('counts as passing what others end, and never what the same call always meets', () => {
  const passing = Object.keys(REASONS).filter(isReason).filter((reason) => isPassing(new CorridorError(reason, 'no')));
  expect(passing.toSorted()).toEqual(['DEADLINE_EXCEEDED', 'POLICY_UNCONFIRMED', 'QUEUE_FULL', 'RATE_LIMITED', 'STORAGE_FULL', 'UNAVAILABLE']);
  expect(isPassing(new Error('a defect'))).toBe(false);
});
