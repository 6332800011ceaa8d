import { describe, expect, it } from 'vitest';
import { DAY, NOW, question } from '../scene.testing.ts';
import { retention } from './retention.ts';

describe('rule 7: retention has not passed', () => {
  it('until the last day from publication is over', () => {
    const end = NOW + 10 * DAY;
    const asked = question({ publishedAt: NOW });
    expect(retention(asked, 10, end - 1)).toEqual({ pass: true, facts: undefined, validUntil: end });
    expect(retention(asked, 10, end)).toEqual({ pass: false, reason: 'RETENTION_PASSED', validUntil: Infinity });
  });

  it('has not begun for a class that is asked about as such', () => {
    expect(retention(question(), 1, NOW)).toEqual({ pass: true, facts: undefined, validUntil: Infinity });
  });

  it('has passed when nobody can say when it ends', () => {
    expect(retention(question({ publishedAt: Number.NaN }), 10, NOW).pass).toBe(false);
  });
});
