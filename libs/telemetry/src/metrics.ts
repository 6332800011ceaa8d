import type { Counter, Histogram, Meter, ObservableResult, UpDownCounter } from '@opentelemetry/api';
import type { LabelsOf } from './labels.ts';
import { METRICS, type CounterName, type GaugeName, type HistogramName, type MetricName, type MetricSpec, type UpDownCounterName } from './names/index.ts';

/** One value of a gauge. */
export interface Reading<N extends GaugeName> {
  readonly value: number;
  readonly labels: LabelsOf<N>;
}

/** Reads a gauge whenever metrics are collected. Where it rejects, or takes more than a second, there is no value this time: absence tells more than a guess. */
export type Read<N extends GaugeName> = () => readonly Reading<N>[] | Promise<readonly Reading<N>[]>;

/** The instruments of this process; none before telemetry starts, or when nothing is exported. */
interface Instruments {
  readonly counters: ReadonlyMap<MetricName, Pick<Counter | UpDownCounter, 'add'>>;
  readonly histograms: ReadonlyMap<MetricName, Histogram>;
}

let instruments: Instruments | undefined;
/** A reading whose labels have been checked where it is made. */
interface AnyReading {
  readonly value: number;
  readonly labels: object;
}

/** Who reads each gauge. They come and go with what they measure, whether or not anything is exported. */
const readers = new Map<MetricName, Set<() => readonly AnyReading[] | Promise<readonly AnyReading[]>>>();

/** Makes every instrument of the registry; undefined: nothing is measured any more. */
export function measureWith(meter: Meter | undefined): void {
  if (meter === undefined) {
    instruments = undefined;
    return;
  }
  const counters = new Map<MetricName, Pick<Counter | UpDownCounter, 'add'>>();
  const histograms = new Map<MetricName, Histogram>();
  for (const name of Object.keys(METRICS).filter(isMetric)) {
    const { instrument, unit, means, bounds }: MetricSpec = METRICS[name];
    const options = { unit, description: means };
    switch (instrument) {
      case 'counter':
        counters.set(name, meter.createCounter(name, options));
        break;
      case 'up-down counter':
        counters.set(name, meter.createUpDownCounter(name, options));
        break;
      case 'histogram':
        histograms.set(name, meter.createHistogram(name, { ...options, advice: { explicitBucketBoundaries: [...(bounds ?? [])] } }));
        break;
      case 'gauge':
        meter.createObservableGauge(name, options).addCallback((result) => readAll(name, result));
        break;
    }
  }
  instruments = { counters, histograms };
}

const isMetric = (name: string): name is MetricName => name in METRICS;

/** For how long one reader of a gauge is waited for, ms: when what it asks is away, all else must still be told. */
const READ_MS = 1000;

async function readAll(name: MetricName, result: ObservableResult): Promise<void> {
  const answers = await Promise.allSettled([...(readers.get(name) ?? [])].map(async (read) => inTime(read())));
  for (const answer of answers) {
    if (answer.status === 'fulfilled') for (const { value, labels } of answer.value) result.observe(value, { ...labels });
  }
}

async function inTime(reading: readonly AnyReading[] | Promise<readonly AnyReading[]>): Promise<readonly AnyReading[]> {
  if (!(reading instanceof Promise)) return reading;
  const { promise: late, resolve } = Promise.withResolvers<readonly AnyReading[]>();
  const timer = setTimeout(() => resolve([]), READ_MS);
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Counts. */
export function count<N extends CounterName>(name: N, value: number, labels: LabelsOf<N>): void {
  instruments?.counters.get(name)?.add(value, labels);
}

/** Counts what comes and goes: 1 or -1. */
export function level<N extends UpDownCounterName>(name: N, change: 1 | -1, labels: LabelsOf<N>): void {
  instruments?.counters.get(name)?.add(change, labels);
}

/** Puts one value into a histogram, in the unit of the registry: seconds. */
export function record<N extends HistogramName>(name: N, seconds: number, labels: LabelsOf<N>): void {
  instruments?.histograms.get(name)?.record(seconds, labels);
}

/** Has a gauge read until the returned function is called. Where two readers tell of the same labels one of them counts. */
export function gauge<N extends GaugeName>(name: N, read: Read<N>): () => void {
  const reads = readers.get(name) ?? new Set<() => readonly AnyReading[] | Promise<readonly AnyReading[]>>();
  readers.set(name, reads);
  reads.add(read);
  return () => {
    reads.delete(read);
  };
}

/** Now, for `secondsSince`. */
export const now = (): number => performance.now();

export const secondsSince = (began: number): number => (performance.now() - began) / 1000;
