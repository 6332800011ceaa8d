import { context, diag, DiagLogLevel, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { getNumberFromEnv, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { withFreshGauges } from './fresh-gauges.ts';
import { measureWith } from './metrics.ts';
import { measureProcess } from './process-gauges.ts';
import { samplerFrom } from './sampler.ts';
import { traceWith } from './spans.ts';
import type { Warn } from './start.ts';

/** What is exported, and by whom. */
export interface ExportOptions {
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly service: string;
  readonly instance: string;
  readonly report: Warn;
}

const NAME = 'corridor';
const WARN_EVERY_MS = 60_000;

/** Begins to export; what it returns sends what waits, and ends. */
export function startExporting({ traces, metrics: measured, service, instance, report }: ExportOptions): () => Promise<void> {
  diag.setLogger(quietly(report), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance, 'service.namespace': NAME }))
    .merge(detectResources({ detectors: [envDetector] }));
  const stops = [...(traces ? [exportTraces(resource, report)] : []), ...(measured ? [exportMetrics(resource)] : [])];
  return async () => {
    await Promise.allSettled(stops.map((stop) => stop()));
  };
}

// The exporters read their endpoints, headers, certificates, timeouts and compression from the environment themselves.
function exportTraces(resource: Resource, report: Warn): () => Promise<void> {
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(),
    ...given('scheduledDelayMillis', 'OTEL_BSP_SCHEDULE_DELAY'),
    ...given('exportTimeoutMillis', 'OTEL_BSP_EXPORT_TIMEOUT'),
    ...given('maxQueueSize', 'OTEL_BSP_MAX_QUEUE_SIZE'),
    ...given('maxExportBatchSize', 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
  });
  const provider = new TracerProvider({ resource, sampler: samplerFrom((variable, supported) => report('warn', 'telemetry.setting-ignored', { variable, supported })), spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  traceWith(provider.getTracer(NAME));
  return async () => {
    traceWith(undefined);
    await provider.shutdown();
  };
}

function exportMetrics(resource: Resource): () => Promise<void> {
  const reader = new PeriodicExportingMetricReader({
    exporter: withFreshGauges(new OTLPMetricExporter()),
    ...given('exportIntervalMillis', 'OTEL_METRIC_EXPORT_INTERVAL'),
    ...given('exportTimeoutMillis', 'OTEL_METRIC_EXPORT_TIMEOUT'),
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  measureWith(provider.getMeter(NAME));
  const stopMeasuring = measureProcess();
  return async () => {
    await provider.shutdown();
    stopMeasuring();
    measureWith(undefined);
  };
}

/** A number of the environment as an option; nothing when it is absent, so that the default of the SDK holds. */
function given<O extends string>(option: O, variable: string): Partial<Record<O, number>> {
  const value = getNumberFromEnv(variable);
  const some: Partial<Record<O, number>> = {};
  if (value !== undefined) some[option] = value;
  return some;
}

/** What the SDK says may quote what it was to send; that it could not is enough. */
function quietly(report: Warn): Parameters<typeof diag.setLogger>[0] {
  let before = Number.NEGATIVE_INFINITY;
  const tell = (level: string) => (): void => {
    if (performance.now() - before < WARN_EVERY_MS) return;
    before = performance.now();
    report('warn', 'telemetry.not-exported', { level });
  };
  const nothing = (): void => undefined;
  return { error: tell('error'), warn: tell('warn'), info: nothing, debug: nothing, verbose: nothing };
}
