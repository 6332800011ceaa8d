import { describe, expect, it } from 'vitest';
import { CorridorError } from './error.ts';
import { actorId, agencyId, newUuid, uuid, uuidTime } from './ids.ts';

describe('an agency id', () => {
  it.each(['refugee-agency', 'a1', `a${'b'.repeat(47)}`])('takes %s', (text) => {
    expect(agencyId(text)).toBe(text);
  });

  it.each(['', 'a', '1a', 'Agency', 'a-', 'a_b', 'a b', 'ä1', `a${'b'.repeat(48)}`, 'a\n'])('refuses %j and names the field', (text) => {
    expect(() => actorId(text, 'named_actors[0]')).toThrow(expect.objectContaining({ reason: 'INVALID_ID', metadata: { field: 'named_actors[0]' } }));
  });
});

describe('a UUID', () => {
  it('starts with its time in milliseconds (RFC 9562)', () => {
    const now = Date.UTC(2026, 10, 21, 12, 30, 15, 123);
    expect(uuidTime(newUuid(now))).toBe(now);
    expect(uuidTime(uuid('017f22e2-79b0-7cc3-98c4-dc0c0c07398f'))).toBe(0x017f22e279b0);
  });

  it('is never given twice', () => {
    const now = Date.now();
    expect(new Set(Array.from({ length: 20_000 }, () => newUuid(now))).size).toBe(20_000);
  });

  it('is taken in canonical text of versions 7 and 8 only', () => {
    expect(uuid(newUuid())).toMatch(/^[0-9a-f-]{36}$/);
    for (const text of ['', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F', '017f22e2-79b0-4cc3-98c4-dc0c0c07398f', '017f22e279b07cc398c4dc0c0c07398f']) {
      expect(() => uuid(text)).toThrow(CorridorError);
    }
  });
});
