import { CorridorError } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { linesTo } from './log-lines.ts';
import { recordSpans } from './recording.testing.ts';
import { SpanBudget } from './span-budget.ts';
import { asStream, begin, currentTraceparent, ofCaller, ofMessage, traced, tracedWithin } from './spans.ts';

const METHOD = { 'rpc.method': 'corridor.hub.v1.HubService/Publish' } as const;
const remote = (n: number, flags = '01'): string => `00-${String(n).padStart(32, '0')}-${String(n).padStart(16, '0')}-${flags}`;
const idOf = (traceparent: string | undefined): string | undefined => traceparent?.split('-')[2];

describe('without telemetry', () => {
  it('work is done, and nothing carries a trace on', async () => {
    expect(await traced('publish', {}, async (span) => [span.traceparent, currentTraceparent()])).toEqual([undefined, undefined]);
    expect(asStream(false, () => ofMessage())).toEqual({});
  });
});

describe('a span', () => {
  let recording: ReturnType<typeof recordSpans>;
  beforeEach(() => {
    recording = recordSpans();
  });
  afterEach(() => recording.stop());

  it('is called what its attributes fill in, those that come later too, and is active while its work is done', async () => {
    await traced('http.serve', { 'http.request.method': 'GET', 'http.route': 'none' }, async (span) => {
      expect(span.traceparent).toBe(currentTraceparent());
      await Promise.resolve();
      expect(span.traceparent).toBe(currentTraceparent());
      span.set({ 'http.route': '/api/v1/status', 'http.response.status_code': 200 });
    });
    expect(recording.named('GET /api/v1/status').attributes).toEqual({ 'http.request.method': 'GET', 'http.route': '/api/v1/status', 'http.response.status_code': 200 });
  });

  it('of what failed says the reason, and not what the error says', async () => {
    await expect(traced('publish', {}, () => Promise.reject(new CorridorError('QUEUE_FULL', 'secret', { field: 'secret' })))).rejects.toThrow();
    await expect(traced('fold', {}, () => Promise.reject(new TypeError('secret')))).rejects.toThrow();
    expect(recording.named('publish').attributes).toEqual({ 'corridor.reason': 'QUEUE_FULL' });
    expect(recording.named('fold').attributes).toEqual({ 'corridor.reason': 'INTERNAL' });
    const { events, status } = recording.named('publish').span;
    expect(JSON.stringify([events, status])).not.toContain('secret');
  });

  it('that follows from one of another trace is its child, and links to what is active', async () => {
    await traced('publish', {}, async () => begin('fold', {}, { from: remote(7) }).end());
    const fold = recording.named('fold');
    expect([fold.trace, fold.parent, fold.links]).toEqual(['7'.padStart(32, '0'), '7'.padStart(16, '0'), [recording.named('publish').id]]);
  });

  it('that follows from one of the active trace is a child of what is active', async () => {
    await traced('publish', {}, async (publish) => {
      await traced('fold', {}, async () => begin('evaluate', {}, { from: publish.traceparent }).end());
    });
    expect(recording.named('evaluate').parent).toBe(recording.named('fold').id);
  });

  it('that follows from several begins a trace and links to them, once each, and to no more than 32', () => {
    begin('log.process', {}, { fromAll: [remote(1), remote(1)] }).end();
    expect(recording.spans()[0]).toMatchObject({ parent: '1'.padStart(16, '0'), links: [] });
    begin('log.process', {}, { fromAll: Array.from({ length: 100 }, (_, i) => remote(i + 1)) }).end();
    expect(recording.spans()[1]?.parent).toBeUndefined();
    expect(recording.spans()[1]?.links).toHaveLength(32);
  });

  it('of a caller who samples nothing is not recorded, nor is what follows from it', async () => {
    await traced('rpc.serve', METHOD, async () => traced('publish', {}, async (span) => expect(span.traceparent).toBeUndefined()), ofCaller(remote(1, '00')));
    expect(recording.spans()).toEqual([]);
  });

  it.each(['', 'x', '00-0-0-01', remote(0)])('of a caller who sends %j begins a trace', (sent) => {
    begin('rpc.serve', METHOD, ofCaller(sent)).end();
    expect(recording.named(METHOD['rpc.method']).parent).toBeUndefined();
  });

  it('of a message in a stream is of its own, links to the stream, and is the parent of what follows', async () => {
    await traced('rpc.serve', METHOD, (stream) =>
      asStream(false, () =>
        traced('publish', {}, async () => {
          expect(idOf(stream.traceparent)).toBeDefined();
          await tracedWithin('store.read', { 'corridor.collection': 'c' }, () => Promise.resolve());
        }, ofMessage()),
      ),
    );
    const publish = recording.named('publish');
    expect([publish.parent, publish.links]).toEqual([undefined, [recording.named(METHOD['rpc.method']).id]]);
    expect(recording.named('read c').parent).toBe(publish.id);
  });

  it('of a message in a stream that its caller traces is a child of the stream', async () => {
    await traced('rpc.serve', METHOD, () => asStream(true, () => traced('publish', {}, () => Promise.resolve(), ofMessage())), ofCaller(remote(3)));
    expect(recording.named('publish').parent).toBe(recording.named(METHOD['rpc.method']).id);
  });

  it('of an edge is there only for one who is traced, and not within a stream, which may live for weeks', async () => {
    const edge = () => tracedWithin('store.read', { 'corridor.collection': 'c' }, () => Promise.resolve());
    await edge();
    await traced('rpc.serve', METHOD, () => asStream(true, edge));
    expect(recording.spans().map(({ name }) => name)).toEqual([METHOD['rpc.method']]);
  });

  it('gives its ids to what is written down meanwhile', async () => {
    const lines: string[] = [];
    const write = linesTo({ write: (line) => lines.push(line) });
    write('info', { event: 'a', level: 'x' });
    await traced('publish', {}, async () => write('warn', { event: 'b', ms: 7 }));
    const { trace, id } = recording.named('publish');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([{ level: 'info', event: 'a' }, { level: 'warn', event: 'b', ms: 7, trace_id: trace, span_id: id }]);
    expect(lines.every((line) => line.endsWith('\n'))).toBe(true);
  });
});

describe('sampling', () => {
  it.each<[string | undefined, string | undefined, number]>([
    [undefined, undefined, 100],
    ['always_off', undefined, 0],
    ['parentbased_traceidratio', '0', 0],
    ['parentbased_traceidratio', '1', 100],
    ['traceidratio', '7', 100],
    ['no such sampler', undefined, 100],
  ])('by %s of %s records %i of 100', async (sampler, ratio, expected) => {
    vi.stubEnv('OTEL_TRACES_SAMPLER', sampler);
    vi.stubEnv('OTEL_TRACES_SAMPLER_ARG', ratio);
    const recording = recordSpans();
    for (let i = 0; i < 100; i += 1) begin('publish', {}).end();
    expect(recording.spans()).toHaveLength(expected);
    await recording.stop();
  });
});

describe('a budget of spans', () => {
  it('has eight for each thing', () => {
    const budget = new SpanBudget();
    expect(Array.from({ length: 20 }, () => budget.take('0/1')).filter(Boolean)).toHaveLength(8);
    expect(budget.take('0/2')).toBe(true);
  });
});
