import { describe, expect, it } from 'vitest';
import type { Clause } from './facts.ts';
import { bestGrant, grantOf } from './grant.ts';
import { clause, question, RECIPIENT, type Asked } from './scene.testing.ts';
import type { Firewall } from './rules/origin-firewall.ts';
import { viewKey } from './obligations.ts';

const nobody: Firewall = { nationalities: [], liftedBySecretariat: false };
const body: Firewall = { nationalities: ['GRC', 'TUR'], liftedBySecretariat: true };
const grant = (change: Partial<Clause>, asked: Asked = {}, firewall = nobody) => grantOf(clause(change), question(asked), firewall);

describe('what a clause grants', () => {
  it('is what the clause says', () => {
    expect(grant({ onwardSharing: 'with-approval', highestPrecision: 'admin1', retentionDays: 30, withoutBreakdown: true, watermark: true })).toEqual({
      form: 'masked',
      withoutBreakdown: true,
      precision: 'admin1',
      onwardSharing: 'with-approval',
      retentionDays: 30,
      watermark: RECIPIENT,
    });
  });

  it('the handling is always the limit: coarser place, stricter onward sharing, shorter retention', () => {
    const limit = { handling: { precisionLimit: 'country', onwardSharing: 'prohibited', retentionDays: 7 } } as const;
    expect(grant({ retentionDays: 30 }, limit)).toMatchObject({ precision: 'country', onwardSharing: 'prohibited', retentionDays: 7 });
    expect(grant({ retentionDays: 0 }, limit)).toMatchObject({ retentionDays: 7 });
  });

  it('the firewall stays unless the clause binds the secretariat of a body', () => {
    expect(grant({}, {}, body).firewall).toEqual(['GRC', 'TUR']);
    expect(grant({ secretariatBound: true }, {}, body)).not.toHaveProperty('firewall');
    expect(grant({ secretariatBound: true, exact: true }, {}, { ...body, liftedBySecretariat: false }).firewall).toEqual(['GRC', 'TUR']);
    expect(grant({})).not.toHaveProperty('firewall');
  });
});

describe('exact views exist only under a clause that says so', () => {
  const strict = { tlp: 'amber+strict', onwardSharing: 'prohibited' } as const;
  const assistance = { purposes: ['assistance'] } as const;

  it.each<[string, Asked, 'exact' | 'masked']>([
    ['rescue', { class: { category: 'rescue' }, handling: strict }, 'exact'],
    ['reception', { class: { category: 'reception' }, handling: strict }, 'exact'],
    ['assistance', { handling: { ...strict, ...assistance }, purpose: 'assistance' }, 'exact'],
    ['RED', { class: { category: 'rescue' }, handling: { ...strict, tlp: 'red' } }, 'exact'],
    ['another category and purpose', { handling: strict }, 'masked'],
    ['AMBER', { class: { category: 'rescue' }, handling: { ...strict, tlp: 'amber' } }, 'masked'],
    ['GREEN', { class: { category: 'rescue' }, handling: { ...strict, tlp: 'green' } }, 'masked'],
    ['onward sharing', { class: { category: 'rescue' }, handling: { ...strict, onwardSharing: 'with-approval' } }, 'masked'],
  ])('%s: %j is %s', (_, asked, form) => {
    expect(grant({ exact: true }, asked).form).toBe(form);
    expect(grant({ exact: false }, asked).form).toBe('masked');
  });

  it('without onward sharing by the clause too is without onward sharing', () => {
    const asked = { class: { category: 'rescue' }, handling: { ...strict, onwardSharing: 'allowed' } } as const;
    expect(grant({ exact: true, onwardSharing: 'prohibited' }, asked).form).toBe('exact');
  });
});

describe('the best of several grants', () => {
  const strict = { class: { category: 'rescue' }, handling: { tlp: 'amber+strict', onwardSharing: 'prohibited' } } as const;

  it.each<[string, Partial<Clause>, Partial<Clause>]>([
    ['exact before masked', { exact: true, withoutBreakdown: true, highestPrecision: 'country' }, {}],
    ['no firewall before one', { secretariatBound: true, withoutBreakdown: true }, {}],
    ['breakdowns before none', { highestPrecision: 'country' }, { withoutBreakdown: true }],
    ['the finer place', { highestPrecision: 'admin2', retentionDays: 1 }, { highestPrecision: 'admin1' }],
    ['the longer retention', { retentionDays: 9, watermark: true }, { retentionDays: 8 }],
    ['no watermark before one', {}, { watermark: true }],
  ])('%s, whole and in whatever order they come', (_, better, other) => {
    const [best, second] = [grant(better, strict, body), grant(other, strict, body)];
    expect(bestGrant([best, second])).toBe(best);
    expect(bestGrant([second, best])).toBe(best);
  });

  it('freer onward sharing before longer retention', () => {
    const [best, second] = [grant({ retentionDays: 3 }), grant({ onwardSharing: 'with-approval' })];
    expect(bestGrant([second, best])).toBe(best);
  });

  it('never mixes fields of two clauses', () => {
    const [fine, long] = [grant({ highestPrecision: 'point', retentionDays: 3 }), grant({ highestPrecision: 'country', retentionDays: 300 })];
    expect([viewKey(fine), viewKey(long)]).toContain(viewKey(bestGrant([long, fine]) ?? long));
    expect(bestGrant([long, fine])).toMatchObject({ precision: 'point', retentionDays: 3 });
  });

  it('of none is none', () => {
    expect(bestGrant([])).toBeUndefined();
  });
});
