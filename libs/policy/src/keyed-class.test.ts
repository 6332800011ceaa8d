import { agencyId, seriesId } from '@corridor/kernel';
import { expect, it } from 'vitest';
import { keyedClass } from './keyed-class.ts';
import type { UpdateClass } from './facts.ts';
import { handling } from './scene.testing.ts';

const movement: UpdateClass = {
  owner: agencyId('alpha'),
  series: seriesId('flows'),
  category: 'movement',
  area: 'GRC',
  handling: handling(),
};

it('gives equal classes one key, and each part of a class that differs another', () => {
  const { key } = keyedClass(movement);
  expect(keyedClass({ ...movement, handling: { ...movement.handling } }).key).toBe(key);
  const others: readonly UpdateClass[] = [
    { ...movement, owner: agencyId('beta') },
    { ...movement, series: seriesId('stocks') },
    { ...movement, category: 'reception' },
    { ...movement, area: 'ITA' },
    { ...movement, addressee: agencyId('beta') },
    { ...movement, handling: handling({ retentionDays: 1 }) },
  ];
  expect(new Set([key, ...others.map((other) => keyedClass(other).key)]).size).toBe(others.length + 1);
});
