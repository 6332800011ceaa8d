/** What is known of a metric where it is made: its OpenTelemetry name, instrument and unit (UCUM). */
export interface Metric {
  readonly name: string;
  readonly instrument: 'counter' | 'up-down counter' | 'gauge' | 'histogram';
  readonly unit: string;
}

/** The units that metrics here are in, as Prometheus spells them out; braces, as in `{update}`, are remarks and no units. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', ms: 'milliseconds', us: 'microseconds', By: 'bytes', '%': 'percent', '1': '' };

/**
 * The names under which Prometheus has a metric that came through the collector: the OpenTelemetry specification,
 * "Prometheus and OpenMetrics compatibility", as the collector's exporter follows it. A histogram has three.
 */
export function prometheusNames({ name, instrument, unit }: Metric): readonly string[] {
  const words = name.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '' && !(instrument === 'counter' && word === 'total'));
  const written = unitOf(unit);
  if (written !== '' && !words.includes(written)) words.push(written);
  if (instrument === 'gauge' && unit === '1') words.push('ratio');
  if (instrument === 'counter') words.push('total');
  const whole = words.join('_');
  return instrument === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${whole}_${part}`) : [whole];
}

function unitOf(unit: string): string {
  if (/^(\{.*\})?$/.test(unit)) return '';
  const written = UNITS[unit];
  if (written === undefined) throw new Error(`the unit ${unit} is not among those whose names in Prometheus are known here`);
  return written;
}

/** The label that an attribute becomes. */
export const prometheusLabel = (attribute: string): string => attribute.replaceAll(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, 'key_');
