import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { samplerFrom } from './sampler.ts';
import { traceWith } from './spans.ts';

/** A span that was recorded. */
export interface Recorded {
  readonly name: string;
  readonly trace: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly attributes: ReadableSpan['attributes'];
  readonly links: readonly string[];
  readonly span: ReadableSpan;
}

/** Records every span in memory, sampled as the environment says, until `stop`. */
export function recordSpans(): { readonly spans: () => readonly Recorded[]; readonly named: (name: string) => Recorded; readonly stop: () => Promise<void> } {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ sampler: samplerFrom(() => undefined), spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  traceWith(provider.getTracer('test'));
  const spans = (): readonly Recorded[] =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      trace: span.spanContext().traceId,
      id: span.spanContext().spanId,
      parent: span.parentSpanContext?.spanId,
      attributes: span.attributes,
      links: span.links.map((link) => link.context.spanId),
      span,
    }));
  return {
    spans,
    named: (name) => {
      const found = spans().filter((span) => span.name === name);
      const [one] = found;
      if (one === undefined || found.length > 1) throw new Error(`${found.length} spans ${name} among ${spans().map((span) => span.name).join(', ')}`);
      return one;
    },
    stop: async () => {
      traceWith(undefined);
      context.disable();
      trace.disable();
      await provider.shutdown();
    },
  };
}
