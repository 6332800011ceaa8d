import { describe, expect, it } from 'vitest';
import { question, RECIPIENT, STRANGER } from '../scene.testing.ts';
import { addressee } from './addressee.ts';

describe('a referral names one agency', () => {
  it('and goes to it alone', () => {
    expect(addressee(question({ class: { category: 'referral', addressee: RECIPIENT } })).pass).toBe(true);
    expect(addressee(question({ class: { category: 'referral', addressee: STRANGER } }))).toMatchObject({ reason: 'NOT_ADDRESSED' });
  });

  it('and goes to nobody when it names none', () => {
    expect(addressee(question({ class: { category: 'referral' } })).pass).toBe(false);
  });

  it('while other updates need no addressee, and keep to the one they name', () => {
    expect(addressee(question()).pass).toBe(true);
    expect(addressee(question({ class: { addressee: STRANGER } })).pass).toBe(false);
  });
});
