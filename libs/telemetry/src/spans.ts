import { context, createContextKey, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span, type SpanContext, type Tracer } from '@opentelemetry/api';
import { CorridorError } from '@corridor/kernel';
import type { AttributesOf } from './labels.ts';
import { SPANS, type SpanName, type SpanSpec } from './names/index.ts';
import { activeIn, isSampled, remoteContext, sampledContext, traceparentOf } from './traceparent.ts';

/** Where a span comes from; what is active when it says nothing. */
export interface Origin {
  /** The one thing it follows from, as a traceparent. When that is of the active trace, the active span is its parent. */
  readonly from?: string | undefined;
  /** It follows from all of these, as traceparents: from one as its child, from several as the beginning of a trace that links to them. */
  readonly fromAll?: readonly string[];
  /** It begins a trace, whatever is active. */
  readonly root?: true;
  /** What it is about without following from it, as traceparents. */
  readonly links?: readonly (string | undefined)[];
  /** When it began, milliseconds since the epoch; now when absent. */
  readonly at?: number;
}

/** A span under way. */
export interface Running<N extends SpanName> {
  /** What whoever follows from it carries on; undefined when it is not sampled. */
  readonly traceparent: string | undefined;
  set(attributes: AttributesOf<N>): void;
  /** Runs something with it as the active span. */
  run<T>(work: () => T): T;
  /** Ends it, with the reason of an error where it failed; once. @param at milliseconds since the epoch; now when absent */
  end(error?: unknown, at?: number): void;
}

/** A span links to so many others at most. */
const MOST_LINKS = 32;
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER, internal: SpanKind.INTERNAL } as const;

/** In the context of a stream. */
const STREAM = createContextKey('corridor.stream');

let tracer: Tracer | undefined;

/** Makes spans by a tracer from here on; undefined: none. */
export function traceWith(given: Tracer | undefined): void {
  tracer = given;
}

/** Whether spans are made: spares those who would only prepare for it. */
export const isTracing = (): boolean => tracer !== undefined;

/** Whether what is active is sampled, and ends soon: a stream may live for weeks, and what happens within it is no part of its trace. */
export function isTraced(): boolean {
  if (tracer === undefined) return false;
  const active = context.active();
  return active.getValue(STREAM) === undefined && activeIn(active) !== undefined;
}

/** What whoever follows from the active span carries on; undefined when none is active or it is not sampled. */
export function currentTraceparent(): string | undefined {
  const active = tracer === undefined ? undefined : activeIn(context.active());
  return active === undefined ? undefined : traceparentOf(active);
}

/** The trace and the span that are active, for what is written down beside them; undefined when none is, or it is not sampled. */
export const activeIds = (): { readonly trace_id: string; readonly span_id: string } | undefined => {
  const active = tracer === undefined ? undefined : activeIn(context.active());
  return active === undefined ? undefined : { trace_id: active.traceId, span_id: active.spanId };
};

/** Begins a span. Whoever begins one ends it. */
export function begin<N extends SpanName>(name: N, attributes: AttributesOf<N>, origin: Origin = {}): Running<N> {
  if (tracer === undefined) return NOTHING;
  const { kind, name: template }: SpanSpec = SPANS[name];
  const { parent, links } = place(origin);
  const span = tracer.startSpan(
    filled(template, attributes),
    { kind: KINDS[kind], attributes, links: links.slice(0, MOST_LINKS).map((linked) => ({ context: linked })), ...(origin.at === undefined ? {} : { startTime: origin.at }) },
    parent,
  );
  return new Begun(span, parent, template, attributes);
}

/** Runs `work` under a span that ends with it. */
export async function traced<N extends SpanName, T>(name: N, attributes: AttributesOf<N>, work: (span: Running<N>) => Promise<T>, origin: Origin = {}): Promise<T> {
  if (tracer === undefined) return work(NOTHING);
  const span = begin(name, attributes, origin);
  try {
    const result = await span.run(() => work(span));
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

/** As `traced`, only where something sampled is active: an edge that nobody who is traced comes to needs no span. */
export const tracedWithin = <N extends SpanName, T>(name: N, attributes: AttributesOf<N>, work: (span: Running<N>) => Promise<T>): Promise<T> =>
  isTraced() ? traced(name, attributes, work) : work(NOTHING);

/** Runs what serves a stream, which its caller traces or does not. */
export const asStream = <T>(isTracedByCaller: boolean, work: () => T): T =>
  tracer === undefined ? work() : context.with(context.active().setValue(STREAM, isTracedByCaller ? 'traced' : 'untraced'), work);

/** Where a message comes from: the call, or, in a stream that its caller does not trace, nowhere; it then links to the stream. */
export const ofMessage = (): Origin =>
  tracer !== undefined && context.active().getValue(STREAM) === 'untraced' ? { root: true, links: [currentTraceparent()] } : {};

/** The origin of a call by what its caller sent; what a caller does not sample is not sampled here either. */
export const ofCaller = (traceparent: string | undefined): Origin => (remoteContext(traceparent) === undefined ? { root: true } : { from: traceparent });

function place({ from, fromAll, root, links = [] }: Origin): { readonly parent: Context; readonly links: readonly SpanContext[] } {
  const active = context.active().deleteValue(STREAM);
  const linked = links.flatMap((one) => sampledContext(one) ?? []);
  if (root === true) return { parent: ROOT_CONTEXT, links: linked };
  const cause = remoteContext(from);
  if (cause !== undefined) {
    const there = activeIn(active);
    if (there?.traceId === cause.traceId) return { parent: active, links: linked };
    return { parent: trace.setSpanContext(ROOT_CONTEXT, cause), links: there === undefined ? linked : [there, ...linked] };
  }
  if (fromAll === undefined) return { parent: active, links: linked };
  const causes = distinct(fromAll);
  const [only] = causes;
  if (only !== undefined && causes.length === 1) return { parent: trace.setSpanContext(ROOT_CONTEXT, only), links: linked };
  return { parent: ROOT_CONTEXT, links: [...causes, ...linked] };
}

function distinct(traceparents: readonly string[]): readonly SpanContext[] {
  const contexts = new Map<string, SpanContext>();
  for (const traceparent of traceparents) {
    if (contexts.size >= MOST_LINKS) break;
    const known = contexts.has(traceparent) ? undefined : sampledContext(traceparent);
    if (known !== undefined) contexts.set(traceparent, known);
  }
  return [...contexts.values()];
}

const filled = (template: string, attributes: Readonly<Record<string, unknown>>): string =>
  template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = attributes[name];
    return typeof value === 'string' ? value : '';
  });

class Begun<N extends SpanName> implements Running<N> {
  readonly #span: Span;
  readonly #parent: Context;
  readonly #template: string;
  #attributes: AttributesOf<N>;

  constructor(span: Span, parent: Context, template: string, attributes: AttributesOf<N>) {
    this.#span = span;
    this.#parent = parent;
    this.#template = template;
    this.#attributes = attributes;
  }

  get traceparent(): string | undefined {
    const own = this.#span.spanContext();
    return isSampled(own.traceFlags) ? traceparentOf(own) : undefined;
  }

  set(attributes: AttributesOf<N>): void {
    if (!this.#span.isRecording()) return;
    this.#attributes = { ...this.#attributes, ...attributes };
    this.#span.setAttributes(attributes);
    if (this.#template.includes('{')) this.#span.updateName(filled(this.#template, this.#attributes));
  }

  run<T>(work: () => T): T {
    return context.with(trace.setSpan(this.#parent, this.#span), work);
  }

  end(error?: unknown, at?: number): void {
    if (error !== undefined && this.#span.isRecording()) {
      // The reason alone: what an error says may be somebody's.
      this.#span.setAttribute('corridor.reason', CorridorError.from(error).reason);
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#span.end(at);
  }
}

const NOTHING: Running<SpanName> & Running<never> = {
  traceparent: undefined,
  set: () => undefined,
  run: (work) => work(),
  end: () => undefined,
};
