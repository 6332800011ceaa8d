import { ManualClock } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { Confirmation, momentOf } from './confirmation.ts';
import { CONFIRMATION_MS, confirmationPassed } from './policy-view.ts';

const START = { registry: 0, consents: 0 };

describe('a confirmation', () => {
  it.each([
    ['is not set', 0, CONFIRMATION_MS],
    ['is set back by less than its age', -300, CONFIRMATION_MS],
    ['is set forward', 300, CONFIRMATION_MS - 300],
  ])('while the calendar %s (%i ms) holds no longer than its time, however that is taken', (_, set, lives) => {
    const clock = new ManualClock(1_800_000_000_000);
    const confirmation = new Confirmation();
    confirmation.asked(momentOf(clock), START, START);
    clock.advance(400);
    clock.setBy(set);
    expect(confirmation.holds(momentOf(clock))).toBe(true);
    clock.advance(lives - 401);
    expect(confirmation.holds(momentOf(clock))).toBe(true);
    clock.advance(1);
    expect(confirmation.holds(momentOf(clock))).toBe(false);
  });

  it('has passed everywhere only after its time, though a timer wakes too early and the calendar was set forward meanwhile', async () => {
    const clock = new ManualClock(1_800_000_000_000);
    const hasty = { now: () => clock.now(), monotonic: () => clock.monotonic(), wait: (ms: number) => clock.wait(Math.max(1, ms - 100)) };
    let passed = false;
    const passing = confirmationPassed(hasty).then(() => (passed = true));
    clock.setBy(400);
    clock.advance(CONFIRMATION_MS - 100);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    expect(passed).toBe(false);
    for (let left = 100; left > 0; left -= 1) {
      clock.advance(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await passing;
    expect(clock.monotonic()).toBe(1_800_000_000_000 + CONFIRMATION_MS);
  });
});
