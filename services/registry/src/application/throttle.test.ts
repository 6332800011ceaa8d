import { ManualClock } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { Throttle } from './throttle.ts';

const left = (throttle: Throttle, name: string): number => {
  for (let taken = 0; ; taken += 1) {
    try {
      throttle.take(name);
    } catch {
      return taken;
    }
  }
};

describe('the throttle', () => {
  it('limits each name by itself and refills with time', () => {
    const clock = new ManualClock(0);
    const throttle = new Throttle(clock);
    const burst = left(throttle, 'ada');
    expect(burst).toBeGreaterThan(1);
    expect(() => throttle.take('ada')).toThrow(expect.objectContaining({ reason: 'RATE_LIMITED' }));
    expect(left(throttle, 'ben')).toBe(burst);
    clock.advance(10_000);
    expect(left(throttle, 'ada')).toBe(1);
    clock.advance(3_600_000);
    expect(left(throttle, 'ada')).toBe(burst);
  });

  it('does not count what succeeded', () => {
    const throttle = new Throttle(new ManualClock(0));
    for (let i = 0; i < 100; i += 1) {
      throttle.take('ada');
      throttle.giveBack('ada');
    }
    expect(() => throttle.take('ada')).not.toThrow();
  });
});
