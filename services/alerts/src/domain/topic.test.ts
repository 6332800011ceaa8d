import { describe, expect, it } from 'vitest';
import { filterKey, parsePatterns, wants, type AlertTopic } from './topic.ts';

const PLACES = ['GRC', 'm49-039', 'eastern-mediterranean-route'];
const isPlace = (id: string): boolean => PLACES.includes(id);
const contains = (outer: string, inner: string): boolean => outer === inner || (outer === 'm49-039' && inner === 'GRC');
const SURGE: AlertTopic = { hazard: 'displacement', area: 'GRC', severity: 'severe' };
const wanted = (pattern: string, topic = SURGE): boolean =>
  wants({ topics: parsePatterns([pattern], isPlace, 'topics'), statuses: ['actual'] }, 'actual', topic, topic.severity, contains);

describe('an alert topic', () => {
  it.each([
    ['displacement/GRC/severe', true],
    ['*/*/*', true],
    ['*/m49-039/*', true],
    ['*/eastern-mediterranean-route/*', false],
    ['flood/*/*', false],
    ['*/*/moderate', true],
    ['*/*/severe', true],
    ['*/*/extreme', false],
    ['*/*/unknown', true],
  ])('of %s takes a severe alert of displacement in Greece: %s', (pattern, takes) => {
    expect(wanted(pattern)).toBe(takes);
  });

  it('goes on telling of an alert that has become less severe', () => {
    const filter = { topics: parsePatterns(['*/*/severe'], isPlace, 'topics'), statuses: ['actual' as const] };
    expect(wants(filter, 'actual', { ...SURGE, severity: 'minor' }, 'severe', contains)).toBe(true);
    expect(wants(filter, 'actual', { ...SURGE, severity: 'minor' }, 'minor', contains)).toBe(false);
  });

  it('takes no exercise, unless that was asked for', () => {
    expect(wants({ topics: [], statuses: ['actual'] }, 'exercise', SURGE, 'severe', contains)).toBe(false);
    expect(wants({ topics: [], statuses: ['actual'] }, 'test', SURGE, 'severe', contains)).toBe(false);
    expect(wants({ topics: [], statuses: ['exercise'] }, 'exercise', SURGE, 'severe', contains)).toBe(true);
    expect(wants({ topics: [], statuses: ['exercise'] }, 'actual', SURGE, 'severe', contains)).toBe(false);
  });

  it.each([
    ['displacement', 'INVALID_ARGUMENT'],
    ['displacement/GRC/severe/more', 'INVALID_ARGUMENT'],
    ['displacement/XYZ/severe', 'UNKNOWN_PLACE'],
    ['displacement/GRC/terrible', 'INVALID_ARGUMENT'],
    ['Displacement!/GRC/severe', 'INVALID_ARGUMENT'],
  ])('is refused when it is %s', (pattern, reason) => {
    expect(() => parsePatterns([pattern], isPlace, 'filter.topics')).toThrow(expect.objectContaining({ reason, metadata: { field: 'filter.topics[0]' } }));
  });

  it('has the same key in whatever order it is asked for', () => {
    const of = (topics: readonly string[]) => filterKey({ topics: parsePatterns(topics, isPlace, 't'), statuses: ['actual'] });
    expect(of(['*/GRC/*', 'flood/*/*'])).toBe(of(['flood/*/*', '*/GRC/*']));
    expect(of(['*/GRC/*'])).not.toBe(of(['*/*/*']));
  });
});
