import { isSpanContextValid, trace, TraceFlags, type Context, type SpanContext } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

/** The header that carries a trace on: W3C Trace Context. It is there only for what is sampled. */
export const TRACEPARENT = 'traceparent';

/** The context of a span as a header; undefined when it is not sampled. */
export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string | undefined =>
  isSampled(traceFlags) ? `00-${traceId}-${spanId}-01` : undefined;

/** The context of a span somewhere else; undefined for what is none. */
export function remoteContext(traceparent: string | undefined): SpanContext | undefined {
  const context = traceparent === undefined ? null : parseTraceParent(traceparent);
  return context !== null && isSpanContextValid(context) ? { ...context, isRemote: true } : undefined;
}

/** As `remoteContext`, of what is sampled. */
export function sampledContext(traceparent: string | undefined): SpanContext | undefined {
  const context = remoteContext(traceparent);
  return context !== undefined && isSampled(context.traceFlags) ? context : undefined;
}

export const isSampled = (flags: TraceFlags): boolean => (flags & TraceFlags.SAMPLED) !== 0;

/** The sampled span that is active in a context. */
export function activeIn(context: Context): SpanContext | undefined {
  const active = trace.getSpanContext(context);
  return active !== undefined && isSampled(active.traceFlags) ? active : undefined;
}
