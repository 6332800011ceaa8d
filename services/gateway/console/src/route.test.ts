import { describe, expect, it } from 'vitest';
import { hrefOf, routeOf } from './route.ts';

describe('an address', () => {
  it('leads where it was made for, whatever is in a name', () => {
    const path = ['alerts', 'a/b?c#d e'];
    expect(routeOf(hrefOf(path, { asOf: '2026-01-01T00:00:00Z', empty: '' }))).toEqual({ path, query: new URLSearchParams({ asOf: '2026-01-01T00:00:00Z' }) });
  });

  it.each(['', '#', '#/', '#//'])('%j is the first page', (hash) => {
    expect(routeOf(hash).path).toEqual([]);
  });

  it('that cannot be decoded is taken as it is', () => {
    expect(routeOf('#/alerts/%E0%A4%A').path).toEqual(['alerts', '%E0%A4%A']);
  });
});
