import { ManualClock } from '@corridor/kernel';
import { expect, it } from 'vitest';
import { Patience } from './patience.ts';

it('tells that the cluster is back when whoever missed it has ended, and that it is away for the next one', async () => {
  const told: string[] = [];
  const patience = new Patience(new ManualClock(0), 1000, ({ kind }) => void told.push(kind));
  const over = AbortSignal.abort();
  const reader = patience.spell();
  await reader.failed(new Error('away'), over);
  await reader.failed(new Error('away'), over);
  expect(told).toEqual(['unreachable']);
  reader.ended();
  reader.ended();
  await patience.spell().failed(new Error('away'), over);
  expect(told).toEqual(['unreachable', 'reachable', 'unreachable']);
});
