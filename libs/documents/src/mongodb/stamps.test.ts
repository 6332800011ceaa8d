import { ManualClock } from '@corridor/kernel';
import { expect, it } from 'vitest';
import { Stamps } from './stamps.ts';

it('rises with the clock, within its ticks, and when it is put back', () => {
  const clock = new ManualClock(1000);
  const stamps = new Stamps(clock);
  expect([stamps.next(), stamps.next()]).toEqual([1_000_000, 1_000_001]);
  clock.advance(1);
  expect(stamps.next()).toBe(1_001_000);
  clock.advance(-500);
  expect(stamps.next()).toBe(1_001_001);
});
