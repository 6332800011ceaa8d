import { describe, expect, it } from 'vitest';
import type { Obligations } from './facts.ts';
import { decisionText, viewKey } from './obligations.ts';
import { RECIPIENT } from './scene.testing.ts';

const view: Obligations = { form: 'masked', withoutBreakdown: false, precision: 'admin1', onwardSharing: 'prohibited', retentionDays: 30 };

describe('the name of a view', () => {
  it('is canonical: equal obligations have equal names, however they were put together', () => {
    const same: Obligations = { retentionDays: 30, onwardSharing: 'prohibited', precision: 'admin1', withoutBreakdown: false, form: 'masked' };
    expect(viewKey(same)).toBe(viewKey(view));
    expect(viewKey(view)).toBe('{"form":"masked","onwardSharing":"prohibited","precision":"admin1","retentionDays":30,"withoutBreakdown":false}');
  });

  it.each<Partial<Obligations>>([
    { form: 'exact' },
    { firewall: ['GRC'] },
    { withoutBreakdown: true },
    { precision: 'point' },
    { onwardSharing: 'allowed' },
    { retentionDays: 31 },
    { watermark: RECIPIENT },
  ])('differs with %j', (change) => {
    expect(viewKey({ ...view, ...change })).not.toBe(viewKey(view));
  });
});

describe('the text of a decision', () => {
  it('is canonical JSON; a decision that time never changes has no end', () => {
    expect(decisionText({ outcome: 'deny', validUntil: Infinity, reasons: ['NO_CONSENT'] })).toBe(
      '{"outcome":"deny","reasons":["NO_CONSENT"],"validUntil":null}',
    );
    const allowed = decisionText({ outcome: 'allow', obligations: view, reasons: ['PUBLIC'], validUntil: 7 });
    expect(allowed).toBe(`{"obligations":${viewKey(view)},"outcome":"allow","reasons":["PUBLIC"],"validUntil":7}`);
  });
});
