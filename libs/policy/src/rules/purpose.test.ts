import { describe, expect, it } from 'vitest';
import { question } from '../scene.testing.ts';
import { CATEGORIES, NEVER_IMPLIED_PURPOSES, PURPOSES } from '../vocabulary.ts';
import { purpose, purposeFitsCategory } from './purpose.ts';

describe("rule 5: the declared purpose is among the update's purposes", () => {
  it.each(PURPOSES)('%s', (declared) => {
    const purposes = ['planning', 'return'] as const;
    const verdict = purpose(question({ handling: { purposes }, purpose: declared }));
    expect(verdict).toMatchObject(purposes.some((one) => one === declared) ? { pass: true } : { reason: 'PURPOSE_NOT_ALLOWED' });
  });
});

describe('border management, law enforcement and return are refused for asylum, protection and referral', () => {
  it.each(CATEGORIES)('%s', (category) => {
    const refused = PURPOSES.filter((declared) => !purposeFitsCategory(question({ class: { category }, purpose: declared })).pass);
    expect(refused).toEqual(['asylum', 'protection', 'referral'].includes(category) ? NEVER_IMPLIED_PURPOSES : []);
  });
});
