import { Category, Granularity, OnwardSharing, Place, PlacePrecision, Purpose, Tlp, type Handling, type Period } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { Breakdown, RescuePhase, Severity, type TableRow, type Update } from '@corridor/contracts/hub/v1/updates';
import { countsHandling } from './handling.ts';
import { known } from './movements.ts';
import { reportId } from './report-id.ts';
import { TASK_FORCE } from './terms.ts';

export const RESCUES = 'agencies/harbour-relief/series/rescues';
export const CRISES = 'agencies/migration-agency/series/crises';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The last report of each series. */
export const LAST_RESCUE = nameOf(RESCUES, Date.UTC(2025, 8, 20, 4), 'second rescue');
export const LAST_CRISIS = nameOf(CRISES, Date.UTC(2025, 9, 2), 'camp fire');

function nameOf(series: string, at: number, title: string): string {
  return `${series}/updates/${reportId(at, title)}`;
}

/** Two rescues: one in three versions from distress to a place of safety, one that was short. */
export function rescues(): readonly PublishRequest[] {
  const first = Date.UTC(2025, 6, 11, 2);
  const second = Date.UTC(2025, 8, 20, 4);
  const aboard: Readonly<Record<string, number>> = { BGD: 21, EGY: 14, ERI: 6, SDN: 9, SYR: 4 };
  return [
    [rescue(first, 'first rescue', 0, { phase: RescuePhase.RESCUE_PHASE_DISTRESS, hours: 0, people: {}, total: 60 })],
    [rescue(first, 'first rescue', 1, { phase: RescuePhase.RESCUE_PHASE_RECOVERED, hours: 7, people: aboard, total: 54 })],
    [rescue(first, 'first rescue', 2, { phase: RescuePhase.RESCUE_PHASE_DISEMBARKED, hours: 19, people: aboard, total: 54, safety: 'ITA' })],
    [rescue(second, 'second rescue', 0, { phase: RescuePhase.RESCUE_PHASE_DISEMBARKED, hours: 9, people: { CIV: 12, GIN: 8, MLI: 3 }, total: 23, safety: 'MLT' })],
  ].map((updates) => ({ ...request(RESCUES, Category.CATEGORY_RESCUE, RESCUE_HANDLING), updates }));
}

/** Two crises: a flood in two versions, a fire. */
export function crises(): readonly PublishRequest[] {
  const flood = Date.UTC(2025, 8, 10);
  return [
    [crisis(flood, 'flood', 0, { hazard: 'flood', severity: Severity.SEVERITY_SEVERE, country: 'LBY', people: { LBY: 695, SDN: 120, NER: 85 }, total: 900 })],
    [crisis(flood, 'flood', 1, { hazard: 'flood', severity: Severity.SEVERITY_EXTREME, country: 'LBY', people: { LBY: 1915, SDN: 310, NER: 140, SYR: 35 }, total: 2400 })],
    [crisis(Date.UTC(2025, 9, 2), 'camp fire', 0, { hazard: 'fire', severity: Severity.SEVERITY_MODERATE, country: 'GRC', people: {}, total: 130 })],
  ].map((updates) => ({ ...request(CRISES, Category.CATEGORY_CRISIS, CRISIS_HANDLING), updates }));
}

const RESCUE_HANDLING = countsHandling(Tlp.TLP_AMBER_STRICT, [Purpose.PURPOSE_RESCUE], { precisionLimit: PlacePrecision.PLACE_PRECISION_POINT });
const CRISIS_HANDLING = countsHandling(Tlp.TLP_GREEN, [Purpose.PURPOSE_PROTECTION, Purpose.PURPOSE_EARLY_WARNING], {
  communityGroups: [`groups/${TASK_FORCE}`],
  onwardSharing: OnwardSharing.ONWARD_SHARING_WITH_APPROVAL,
});

const request = (series: string, category: Category, handling: Handling): Omit<PublishRequest, 'updates'> => ({
  series,
  category,
  handling,
  seenRevision: undefined,
  maskThreshold: 0,
});

interface RescueState {
  readonly phase: RescuePhase;
  /** Hours after the first call. */
  readonly hours: number;
  readonly people: Readonly<Record<string, number>>;
  readonly total: number;
  readonly safety?: string;
}

function rescue(at: number, title: string, replacesVersion: number, { phase, hours, people, total, safety }: RescueState): Update {
  return {
    updateId: reportId(at, title),
    replacesVersion,
    place: Place.fromPartial({ route: 'central-mediterranean-route' }),
    period: incident(at, DAY),
    content: {
      $case: 'rescue',
      value: {
        phase,
        positionTime: new Date(at + hours * HOUR),
        position: { latitude: 35.2, longitude: 12.4 },
        ...table(people),
        peopleTotal: known(total),
        rescueCentre: 'MRCC Lampedusa (exercise data)',
        assets: hours === 0 ? [] : ['rescue vessel 1'],
        placeOfSafety: safety === undefined ? undefined : Place.fromPartial({ country: safety }),
      },
    },
  };
}

interface CrisisState {
  readonly hazard: string;
  readonly severity: Severity;
  readonly country: string;
  readonly people: Readonly<Record<string, number>>;
  readonly total: number;
}

function crisis(at: number, title: string, replacesVersion: number, { hazard, severity, country, people, total }: CrisisState): Update {
  return {
    updateId: reportId(at, title),
    replacesVersion,
    place: Place.fromPartial({ country }),
    period: incident(at, 5 * DAY),
    content: {
      $case: 'crisis',
      value: { hazard, severity, description: `A ${hazard}, invented for this demonstration.`, ...table(people), peopleTotal: known(total), sources: ['field office'] },
    },
  };
}

const incident = (at: number, length: number): Period => ({ start: new Date(at), end: new Date(at + length), granularity: Granularity.GRANULARITY_CUSTOM });

function table(people: Readonly<Record<string, number>>): { readonly breakdown: Breakdown; readonly people: readonly TableRow[] } {
  const rows = Object.entries(people).map(([key, count]): TableRow => ({ key, count: known(count) }));
  return { breakdown: Breakdown.BREAKDOWN_NATIONALITY, people: rows };
}
