import { describe, expect, it } from 'vitest';
import { ManualClock, systemClock } from './clock.ts';

describe('a clock that moves only when told', () => {
  it('wakes everyone whose moment has come, in order, and nobody else', async () => {
    const clock = new ManualClock(1000);
    const woken: string[] = [];
    void clock.wait(20).then(() => woken.push('second'));
    void clock.wait(10).then(() => woken.push('first'));
    const late = clock.wait(30).then(() => woken.push('third'));
    clock.advance(20);
    await Promise.resolve();
    expect(clock.now()).toBe(1020);
    expect(woken).toEqual(['first', 'second']);
    clock.advance(10);
    await late;
    expect(woken).toEqual(['first', 'second', 'third']);
  });

  it('may be set to another date: how long something took does not change, and who waits is not woken', async () => {
    const clock = new ManualClock(1000);
    const began = clock.monotonic();
    let woken = false;
    const waiting = clock.wait(10).then(() => (woken = true));
    clock.setBy(-600);
    clock.advance(9);
    await Promise.resolve();
    expect([clock.now(), clock.monotonic() - began, woken]).toEqual([409, 9, false]);
    clock.advance(1);
    await waiting;
  });

  it('wakes nobody twice', async () => {
    const clock = new ManualClock(0);
    let woken = 0;
    const waiting = clock.wait(5).then(() => (woken += 1));
    clock.advance(5);
    clock.advance(5);
    await waiting;
    expect(woken).toBe(1);
  });
});

describe.each([
  ['the machine', () => systemClock],
  ['a test', () => new ManualClock(0)],
])('waiting by the clock of %s', (_, clock) => {
  it('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const waiting = clock().wait(60_000, controller.signal);
    controller.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(clock().wait(60_000, controller.signal)).rejects.toThrow('stopped');
  });
});
