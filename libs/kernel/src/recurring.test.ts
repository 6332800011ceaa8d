import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from './clock.ts';
import { Recurring } from './recurring.ts';

const clock = new ManualClock(0);
const running: Recurring[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
function recurring(act: (signal: AbortSignal) => Promise<void>, failed: (error: unknown) => void = (error) => expect.fail(String(error))): Recurring {
  const made = new Recurring({ clock, everyMs: 100, act, failed });
  running.push(made);
  return made;
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('what recurs', () => {
  it('is done at once, and again each time its time is over', async () => {
    let times = 0;
    await recurring(async () => void (times += 1)).start();
    expect(times).toBe(1);
    await turn();
    clock.advance(99);
    await turn();
    expect(times).toBe(1);
    clock.advance(1);
    await turn();
    expect(times).toBe(2);
  });

  it('goes on after a failure, which is told', async () => {
    const failures: unknown[] = [];
    let times = 0;
    await recurring(
      () => Promise.reject(new Error(`time ${(times += 1)}`)),
      (error) => failures.push(String(error)),
    ).start();
    await turn();
    clock.advance(100);
    await turn();
    expect(failures).toEqual(['Error: time 1', 'Error: time 2']);
  });

  it('ends when what is under way has ended, and begins nothing more', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let [aborted, times] = [false, 0];
    const one = recurring(async (signal) => {
      times += 1;
      await promise;
      aborted = signal.aborted;
    });
    void one.start();
    const stopped = one.stop();
    resolve();
    await stopped;
    clock.advance(1000);
    await turn();
    expect([aborted, times]).toEqual([true, 1]);
  });
});
