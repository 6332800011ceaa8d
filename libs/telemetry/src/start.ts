import { hostname } from 'node:os';
import { getBooleanFromEnv, getStringFromEnv, getStringListFromEnv } from '@opentelemetry/core';

export interface TelemetryOptions {
  /** The name of the service in everything that is exported, e.g. `corridor-hub`; OTEL_SERVICE_NAME counts more. */
  readonly service: string;
  /** What tells this replica from the others, the name of the machine when absent; OTEL_RESOURCE_ATTRIBUTES with `service.instance.id` counts more. */
  readonly instance?: string | undefined;
  /** Told of settings that are not followed and of exports that fail: of those at most once a minute, and never with content. */
  readonly report: Warn;
}

/** Takes a warning: what happened, without content. */
export type Warn = (level: 'warn', event: string, facts: Readonly<Record<string, string>>) => void;

/** The telemetry of this process. */
export interface Telemetry {
  readonly exports: { readonly traces: boolean; readonly metrics: boolean };
  /** Sends what waits, for two seconds at most, and ends. Idempotent. */
  stop(): Promise<void>;
}

type Signal = 'TRACES' | 'METRICS';

/** For how long the end of the process waits for the last export, ms. */
const LAST_EXPORT_MS = 2000;

/**
 * Begins to export by OTLP over HTTP as the OTEL_* variables of the process say: endpoints, headers, exporters, sampler,
 * resource, intervals, limits of the queue. Where none names an endpoint or asks for an exporter nothing is exported, no
 * connection attempted, and what is instrumented costs next to nothing. What fails to be exported is dropped: watching
 * never holds up the exchange. To be called once in a process.
 */
export async function startTelemetry({ service, instance = hostname(), report }: TelemetryOptions): Promise<Telemetry> {
  const exports = { traces: isExported('TRACES', report), metrics: isExported('METRICS', report) };
  if (!exports.traces && !exports.metrics) return { exports, stop: () => Promise.resolve() };
  // Only those who export pay for loading it.
  const { startExporting } = await import('./exporting.ts');
  const stop = startExporting({ ...exports, service, instance, report });
  let stopped: Promise<void> | undefined;
  return {
    exports,
    stop: () => {
      stopped ??= atMost(LAST_EXPORT_MS, stop());
      return stopped;
    },
  };
}

/** Whether a signal goes out: an exporter is asked for, or an endpoint is named and no exporter is asked for. */
function isExported(signal: Signal, report: Warn): boolean {
  if (getBooleanFromEnv('OTEL_SDK_DISABLED') === true) return false;
  const variable = `OTEL_${signal}_EXPORTER`;
  const asked = getStringListFromEnv(variable) ?? [];
  if (asked.some((name) => name !== 'otlp' && name !== 'none')) report('warn', 'telemetry.setting-ignored', { variable, supported: 'otlp, none' });
  if (asked.includes('otlp')) return isProtobuf(signal, report);
  if (asked.includes('none')) return false;
  const isNamed = [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT'].some((name) => getStringFromEnv(name) !== undefined);
  return isNamed && isProtobuf(signal, report);
}

function isProtobuf(signal: Signal, report: Warn): true {
  for (const variable of [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    if ((getStringFromEnv(variable) ?? 'http/protobuf') !== 'http/protobuf') report('warn', 'telemetry.setting-ignored', { variable, supported: 'http/protobuf' });
  }
  return true;
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
