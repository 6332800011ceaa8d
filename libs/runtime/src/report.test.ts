import { ManualClock } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { reportTo, traceOf } from './report.ts';

const clock = new ManualClock(Date.UTC(2026, 10, 21, 12));
function written(isTTY: boolean, facts: Readonly<Record<string, string | number>>): string {
  let text = '';
  reportTo({ isTTY, write: (more) => (text += more) }, clock)('warn', 'log.slow', facts);
  return text;
}

describe('a report', () => {
  it('is one line of JSON where a program reads it', () => {
    const line = written(false, { ms: 7, name: 'a\nb' });
    expect(line.split('\n')).toHaveLength(2);
    expect(JSON.parse(line)).toEqual({ time: '2026-11-21T12:00:00.000Z', level: 'warn', event: 'log.slow', ms: 7, name: 'a\nb' });
  });

  it('cannot be given another time, level or event by its facts', () => {
    expect(JSON.parse(written(false, { level: 'info', event: 'x', time: 0 }))).toMatchObject({ level: 'warn', event: 'log.slow' });
  });

  it('is short text for a person, and no fact can write a line or steer the terminal', () => {
    expect(written(true, { ms: 7, name: 'a\n\u001b[2J' })).toBe('12:00:00 WARN log.slow ms=7 name="a\\n\\u001b[2J"\n');
  });
});

describe('a trace', () => {
  it('tells where an error and its causes came from, and not what they say', () => {
    const trace = traceOf(new TypeError('secret\nsecret', { cause: new RangeError('secret') }));
    expect(trace).toMatch(/^TypeError\n +at .*report\.test\.ts/);
    expect(trace).toContain('RangeError');
    expect(trace).not.toContain('secret');
    expect(traceOf('secret')).toBe('a thrown string');
  });

  it('of causes that go round in a circle ends', () => {
    const error = new Error('a');
    error.cause = error;
    expect(traceOf(error).split('\n').length).toBeLessThan(200);
  });
});
