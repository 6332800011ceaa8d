/** The words of what is counted, by contracts and domain alike. */

/** What is counted. Different measures never add; a stock is never added over time; a detection is not a person. */
export const MEASURES = ['detections', 'arrivals', 'departures', 'registrations', 'applications', 'returns', 'stock'] as const;
export type Measure = (typeof MEASURES)[number];

export const POPULATIONS = [
  'refugee',
  'asylum-seeker',
  'internally-displaced',
  'returnee',
  'stateless',
  'palestine-refugee',
  'migrant',
  'mixed',
] as const;
export type Population = (typeof POPULATIONS)[number];

export const TRANSPORT_MODES = ['land', 'sea', 'air', 'any'] as const;
export type TransportMode = (typeof TRANSPORT_MODES)[number];

export const GRANULARITIES = ['day', 'week', 'month', 'quarter', 'year', 'custom'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** Severity as in CAP 1.2 (OASIS), section 3.2.2, the gravest first. */
export const SEVERITIES = ['extreme', 'severe', 'moderate', 'minor', 'unknown'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Milliseconds since the epoch; `end` is exclusive. */
export interface Period {
  readonly start: number;
  readonly end: number;
  readonly granularity: Granularity;
}
