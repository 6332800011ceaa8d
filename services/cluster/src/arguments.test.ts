import { describe, expect, it } from 'vitest';
import { replicasFrom } from './arguments.ts';

describe('--replicas', () => {
  it('changes what it names and leaves the rest', () => {
    expect(replicasFrom('hub=3,audit=2')).toEqual({ registry: 1, hub: 3, alerts: 1, followup: 1, audit: 2 });
    expect(replicasFrom('').hub).toBe(2);
  });

  it.each(['hub', 'hub=0', 'hub=17', 'gateway=2', 'hub=two', 'toString=1'])('refuses %s', (text) => {
    expect(() => replicasFrom(text)).toThrow(expect.objectContaining({ reason: 'CONFIG_INVALID' }) as Error);
  });
});
