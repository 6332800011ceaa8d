import { describe, expect, it } from 'vitest';
import { CorridorError } from './error.ts';
import { GRPC_CODE, REASONS } from './reasons.ts';

describe('an error', () => {
  it('carries the code, and what the caller can do, of its reason', () => {
    const error = new CorridorError('STORAGE_FULL', 'no space', { field: 'x' });
    expect(error.code).toBe('RESOURCE_EXHAUSTED');
    expect(error.todo).toMatch(/free space/);
    expect(CorridorError.from(error)).toBe(error);
  });

  it('that is not ours becomes INTERNAL without a detail of it', () => {
    const cause = new Error('token eyJhbGciOi');
    const error = CorridorError.from(cause);
    expect(error.reason).toBe('INTERNAL');
    expect(`${error.message}${JSON.stringify(error.metadata)}${error.todo}`).not.toContain('eyJ');
    expect(error.cause).toBe(cause);
  });

  it('has for every reason a gRPC code, an HTTP status that fits it, and a sentence of advice', () => {
    for (const [reason, { code, http, todo }] of Object.entries(REASONS)) {
      expect(GRPC_CODE[code], reason).toBeGreaterThan(0);
      expect(http >= 400 && http < 600, reason).toBe(true);
      expect(http >= 500, reason).toBe(['INTERNAL', 'DATA_LOSS', 'UNAVAILABLE', 'DEADLINE_EXCEEDED'].includes(code) || http === 507);
      expect(todo, reason).toMatch(/^[A-Z].*\.$/);
    }
  });
});
