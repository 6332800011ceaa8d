import { describe, expect, it } from 'vitest';
import { amountOf, type Amount, type ShownCount } from './observation.ts';

describe('what a table says of its total', () => {
  it.each<[string, readonly ShownCount[], ShownCount | 'unstated', Amount]>([
    ['a stated total', [], 120, { kind: 'known', value: 120 }],
    ['a total of zero', [], 0, { kind: 'known', value: 0 }],
    ['a stated total beside suppressed rows', [50, undefined], 120, { kind: 'known', value: 120 }],
    ['rows that add up', [50, 70], 'unstated', { kind: 'known', value: 120 }],
    ['rows of which one is suppressed', [50, undefined], 'unstated', { kind: 'at-least', value: 50 }],
    ['a suppressed total over known rows', [50, 70], undefined, { kind: 'at-least', value: 120 }],
    ['a suppressed total and suppressed rows', [undefined, undefined], undefined, { kind: 'unknown' }],
    ['a suppressed total alone', [], undefined, { kind: 'unknown' }],
    ['nothing at all', [], 'unstated', { kind: 'unknown' }],
    ['a zero among suppressed rows', [0, undefined], 'unstated', { kind: 'unknown' }],
  ])('%s', (_, rows, total, amount) => {
    expect(amountOf(rows, total)).toEqual(amount);
  });
});
