import { describe, expect, it } from 'vitest';
import { backtestOf, checkEvents, skill, verify } from './backtest.ts';

const month = (number: number): number => Date.UTC(2015, number);
const DAY_SECONDS = 86_400;

describe('the skill of a rule', () => {
  it("of Finley's tornado forecasts of 1884 is what the textbooks have", () => {
    // 28 hits, 23 misses and 72 false alarms: POD 0.549, FAR 0.720, CSI 0.228.
    expect(skill({ hits: 28, misses: 23, falseAlarms: 72 })).toEqual({ podPerMille: 549, farPerMille: 720, csiPerMille: 228 });
  });

  it('has no value where there is nothing to divide by', () => {
    expect(skill({ hits: 0, misses: 0, falseAlarms: 0 })).toEqual({});
    expect(skill({ hits: 0, misses: 2, falseAlarms: 0 })).toEqual({ podPerMille: 0, csiPerMille: 0 });
    expect(skill({ hits: 0, misses: 0, falseAlarms: 2 })).toEqual({ farPerMille: 1000, csiPerMille: 0 });
  });

  it('counts an event as seen by an alarm within it or within the tolerance before it, once', () => {
    const events = [
      { start: month(6), end: month(9) },
      { start: month(11), end: month(12) },
    ];
    const alarms = [month(2), month(5), month(6), month(7), month(9)];
    expect(verify(alarms, events, 31 * DAY_SECONDS)).toEqual({ hits: 1, misses: 1, falseAlarms: 2, meanLeadSeconds: 30 * DAY_SECONDS });
    expect(verify(alarms, events, 0)).toEqual({ hits: 1, misses: 1, falseAlarms: 3, meanLeadSeconds: 0 });
  });

  it('is negative in its lead when the alarm came after the start', () => {
    expect(verify([month(7)], [{ start: month(6), end: month(9) }], 0).meanLeadSeconds).toBe(-31 * DAY_SECONDS);
  });

  it('takes every alarm for the false alarm ratio, though several belong to one event', () => {
    const test = backtestOf([{ known: 12, unknown: 1, alarms: [month(1), month(6), month(7), month(8)] }], [{ start: month(6), end: month(9) }], 0, {
      start: month(0),
      end: month(12),
      time: month(13),
    });
    expect(test).toMatchObject({ alarms: 4, hits: 1, misses: 0, falseAlarms: 1, podPerMille: 1000, farPerMille: 250, csiPerMille: 500, knownObservations: 12, unknownObservations: 1 });
  });

  it.each([
    ['that overlap', [{ start: month(0), end: month(2) }, { start: month(1), end: month(3) }], 0, 'events[1]'],
    ['that end before they begin', [{ start: month(2), end: month(2) }], 0, 'events[0]'],
    ['with a tolerance of more than a year', [], 31_536_001, 'tolerance_seconds'],
    ['that are too many', Array.from({ length: 101 }, (_, i) => ({ start: month(i), end: month(i + 1) })), 0, 'events'],
  ])('is not computed over events %s', (_, events, tolerance, field) => {
    expect(() => checkEvents(events, tolerance)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT', metadata: { field } }));
  });
});
