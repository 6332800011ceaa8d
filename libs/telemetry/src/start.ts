import { context, diag, DiagLogLevel, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { getBooleanFromEnv, getStringListFromEnv, getNumberFromEnv, getStringFromEnv, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { measureWith } from './metrics.ts';
import { measureProcess } from './process-gauges.ts';
import { samplerFrom } from './sampler.ts';
import { traceWith } from './spans.ts';

export interface TelemetryOptions {
  /** The name of the service in everything that is exported, e.g. `corridor-hub`; OTEL_SERVICE_NAME counts more. */
  readonly service: string;
  /** What tells this replica from the others; OTEL_RESOURCE_ATTRIBUTES with `service.instance.id` counts more. */
  readonly instance: string;
  /** Told of settings that are not followed and of exports that fail: at most once a minute, and never with content. */
  readonly warn: (event: 'telemetry.setting-ignored' | 'telemetry.not-exported', facts: Readonly<Record<string, string>>) => void;
}

/** The telemetry of this process. */
export interface Telemetry {
  readonly exports: { readonly traces: boolean; readonly metrics: boolean };
  /** Sends what waits, for two seconds at most, and ends. Idempotent. */
  stop(): Promise<void>;
}

type Signal = 'TRACES' | 'METRICS';

const NAME = 'corridor';
/** For how long the end of the process waits for the last export, ms. */
const LAST_EXPORT_MS = 2000;
const WARN_EVERY_MS = 60_000;

/**
 * Begins to export by OTLP over HTTP as the OTEL_* variables of the process say: endpoints, headers, exporters, sampler,
 * resource, intervals, limits of the queue. Where none names an endpoint or asks for an exporter nothing is exported, no
 * connection attempted, and what is instrumented costs next to nothing. What fails to be exported is dropped: watching
 * never holds up the exchange. To be called once in a process.
 */
export function startTelemetry({ service, instance, warn }: TelemetryOptions): Telemetry {
  const exports = { traces: isExported('TRACES', warn), metrics: isExported('METRICS', warn) };
  if (!exports.traces && !exports.metrics) return { exports, stop: () => Promise.resolve() };
  diag.setLogger(quietly(warn), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance, 'service.namespace': NAME }))
    .merge(detectResources({ detectors: [envDetector] }));
  const stops = [...(exports.traces ? [exportTraces(resource, warn)] : []), ...(exports.metrics ? [exportMetrics(resource)] : [])];
  let stopped: Promise<void> | undefined;
  return {
    exports,
    stop: () => {
      stopped ??= atMost(LAST_EXPORT_MS, Promise.allSettled(stops.map((stop) => stop())));
      return stopped;
    },
  };
}

/** Whether a signal goes out: an exporter is asked for, or an endpoint is named and no exporter is asked for. */
function isExported(signal: Signal, warn: TelemetryOptions['warn']): boolean {
  if (getBooleanFromEnv('OTEL_SDK_DISABLED') === true) return false;
  const variable = `OTEL_${signal}_EXPORTER`;
  const asked = getStringListFromEnv(variable) ?? [];
  if (asked.some((name) => name !== 'otlp' && name !== 'none')) warn('telemetry.setting-ignored', { variable, supported: 'otlp, none' });
  if (asked.includes('otlp')) return isProtobuf(signal, warn);
  if (asked.includes('none')) return false;
  const isNamed = [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT'].some((name) => getStringFromEnv(name) !== undefined);
  return isNamed && isProtobuf(signal, warn);
}

function isProtobuf(signal: Signal, warn: TelemetryOptions['warn']): true {
  for (const variable of [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    if ((getStringFromEnv(variable) ?? 'http/protobuf') !== 'http/protobuf') warn('telemetry.setting-ignored', { variable, supported: 'http/protobuf' });
  }
  return true;
}

// The exporters read their endpoints, headers, certificates, timeouts and compression from the environment themselves.
function exportTraces(resource: Resource, warn: TelemetryOptions['warn']): () => Promise<void> {
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(),
    ...given('scheduledDelayMillis', 'OTEL_BSP_SCHEDULE_DELAY'),
    ...given('exportTimeoutMillis', 'OTEL_BSP_EXPORT_TIMEOUT'),
    ...given('maxQueueSize', 'OTEL_BSP_MAX_QUEUE_SIZE'),
    ...given('maxExportBatchSize', 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
  });
  const provider = new TracerProvider({ resource, sampler: samplerFrom((variable, supported) => warn('telemetry.setting-ignored', { variable, supported })), spanProcessors: [processor] });
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
    exporter: new OTLPMetricExporter(),
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
function quietly(warn: TelemetryOptions['warn']): Parameters<typeof diag.setLogger>[0] {
  let before = Number.NEGATIVE_INFINITY;
  const tell = (level: string) => (): void => {
    if (performance.now() - before < WARN_EVERY_MS) return;
    before = performance.now();
    warn('telemetry.not-exported', { level });
  };
  const nothing = (): void => undefined;
  return { error: tell('error'), warn: tell('warn'), info: nothing, debug: nothing, verbose: nothing };
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
