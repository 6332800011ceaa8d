import root from '@opentelemetry/otlp-transformer/build/src/generated/root.js';
import type { TracedSpan } from './traced-span.ts';

/** What an OTLP export of a kind holds, as plain objects: bytes in base64, numbers that may be long as text. */
function decoded(kind: 'trace.v1.ExportTraceServiceRequest' | 'metrics.v1.ExportMetricsServiceRequest', bytes: Uint8Array): unknown {
  const type = `opentelemetry.proto.collector.${kind}`.split('.').reduce<unknown>(part, root);
  if (typeof type !== 'function' || !('decode' in type) || typeof type.decode !== 'function') throw new Error(`${kind} is not there`);
  const message: unknown = Reflect.apply(type.decode, type, [bytes]);
  return JSON.parse(JSON.stringify(message));
}


const part = (value: unknown, key: string): unknown => (typeof value === 'object' || typeof value === 'function') && value !== null ? Reflect.get(value, key) : undefined;
const parts = (value: unknown, ...keys: readonly string[]): unknown => keys.reduce(part, value);
const list = (value: unknown, key: string): readonly unknown[] => {
  const found = part(value, key);
  return Array.isArray(found) ? found : [];
};
const text = (value: unknown, key: string): string => {
  const found = part(value, key);
  return typeof found === 'string' ? found : '';
};
const hex = (value: unknown, key: string): string => Buffer.from(text(value, key), 'base64').toString('hex');

/** The spans of an OTLP export. */
export const spansIn = (bytes: Uint8Array): readonly TracedSpan[] =>
  list(decoded('trace.v1.ExportTraceServiceRequest', bytes), 'resourceSpans')
    .flatMap((resource) => list(resource, 'scopeSpans'))
    .flatMap((scope) => list(scope, 'spans'))
    .map((span) => ({
      trace: hex(span, 'traceId'),
      id: hex(span, 'spanId'),
      parent: hex(span, 'parentSpanId') === '' ? undefined : hex(span, 'parentSpanId'),
      name: text(span, 'name'),
      attributes: attributesOf(span),
      links: list(span, 'links').map((link) => ({ trace: hex(link, 'traceId'), id: hex(link, 'spanId') })),
    }));

/** A value of a metric. */
export interface MeasuredPoint {
  readonly metric: string;
  readonly unit: string;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Of a histogram how many values it has. */
  readonly value: number;
}

/** Every value of an OTLP export of metrics. */
export const pointsIn = (bytes: Uint8Array): readonly MeasuredPoint[] =>
  list(decoded('metrics.v1.ExportMetricsServiceRequest', bytes), 'resourceMetrics')
    .flatMap((resource) => list(resource, 'scopeMetrics'))
    .flatMap((scope) => list(scope, 'metrics'))
    .flatMap((metric) =>
      ['gauge', 'sum', 'histogram']
        .flatMap((kind) => list(part(metric, kind), 'dataPoints'))
        .map((point) => ({ metric: text(metric, 'name'), unit: text(metric, 'unit'), labels: attributesOf(point), value: Number(part(point, 'asDouble') ?? part(point, 'asInt') ?? part(point, 'count') ?? 0) })),
    );

/** Every name and value of attributes, of resources too. */
function attributesOf(of: unknown): Readonly<Record<string, string | number>> {
  const attributes: Record<string, string | number> = {};
  for (const attribute of list(of, 'attributes')) {
    const value = part(attribute, 'value');
    const words = parts(value, 'stringValue');
    attributes[text(attribute, 'key')] = typeof words === 'string' ? words : Number(part(value, 'intValue') ?? part(value, 'doubleValue') ?? Number.NaN);
  }
  return attributes;
}
