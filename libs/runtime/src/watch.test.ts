import { CorridorError, ManualClock } from '@corridor/kernel';
import { expect, it } from 'vitest';
import { watchPart } from './watch.ts';

const forked = new CorridorError('LOG_FORKED', 'the log does not extend its checkpoint');

it('a node ends when a service can work no more, and not while one may recover', async () => {
  const clock = new ManualClock(0);
  const failures: CorridorError[] = [];
  const watch = watchPart([{}, { failed: () => undefined }, { failed: () => failures[0] }], clock);
  let ended: CorridorError | undefined;
  const done = watch.ended?.then((error) => {
    ended = error;
  });
  await watch.start();
  clock.advance(60_000);
  await Promise.resolve();
  expect(ended).toBeUndefined();
  failures.push(forked);
  clock.advance(1000);
  await done;
  expect(ended).toBe(forked);
  await watch.stop();
});
