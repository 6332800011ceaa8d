import { checkProse, checkText, CorridorError, derivedUuid, refuse, seriesId, utf8, type AgencyId } from '@corridor/kernel';
import type { Handling, PolicyState } from '@corridor/policy';
import { checkConditions } from './conditions.ts';
import type { Evolve } from './history.ts';
import { checkArea, type Places } from './places.ts';
import type { Subject } from './subject.ts';
import { STAGES, type Stage, type Unit } from './vocabulary.ts';

/** A flow: the same source and id is the same flow, however often it is reported. */
export interface FlowKey {
  readonly source: string;
  readonly flow: string;
}

/** A flow as somebody reports it. Amounts in whole units; times in milliseconds since the epoch. */
export interface ReportedFlow extends FlowKey {
  readonly owner: AgencyId;
  readonly donor: string;
  readonly recipient: string;
  readonly area: string;
  readonly stage: Stage;
  readonly unit: Unit;
  readonly amount: number;
  /** What it was made in, in hundredths of a unit of the currency (ISO 4217). */
  readonly original?: { readonly minorUnits: number; readonly currency: string };
  /** The pooled fund it comes out of: it was counted when it went in. */
  readonly pooledFund: string;
  readonly decidedAt: number;
  readonly description: string;
  readonly handling: Handling;
}

export interface Contribution extends ReportedFlow {
  readonly version: number;
  /** How often it was reported. */
  readonly reports: number;
  readonly firstAt: number;
}

/** What a report of a flow was; `report` names it, so that one that is entered again is recognised. */
export type ContributionEvent =
  | { readonly kind: 'recorded'; readonly flow: ReportedFlow; readonly report: string }
  /** It said nothing that was not known. */
  | { readonly kind: 'repeated'; readonly report: string };

/** The dataset of an owner that its flows belong to. */
export const CONTRIBUTION_SERIES = seriesId('contributions');
const FLOW = /^[A-Za-z0-9._-]{1,64}$/;
const CURRENCY = /^[A-Z]{3}$/;
const MAX_NAME = 200;
const MAX_DESCRIPTION = 2000;

/** @param field names the flow in errors @throws CorridorError INVALID_ARGUMENT, UNKNOWN_PLACE, HANDLING_CONTRADICTORY */
export function checkFlow(flow: ReportedFlow, places: Places, state: PolicyState, field: string): ReportedFlow {
  if (!FLOW.test(flow.flow)) refuse(`${field}.flow_id`, 'must be 1-64 characters [A-Za-z0-9._-]');
  checkText(flow.donor, MAX_NAME, `${field}.donor`);
  checkText(flow.recipient, MAX_NAME, `${field}.recipient`);
  if (flow.pooledFund !== '') checkText(flow.pooledFund, MAX_NAME, `${field}.pooled_fund`);
  if (flow.original !== undefined && !CURRENCY.test(flow.original.currency)) refuse(`${field}.original_currency`, 'must be a code of ISO 4217');
  checkProse(flow.description, 0, MAX_DESCRIPTION, `${field}.description`);
  checkArea(flow.area, places, `${field}.area`);
  checkConditions(flow.handling, flow.owner, state, `${field}.handling`);
  return flow;
}

/**
 * What a report does to a flow: the furthest stage speaks, and at one stage what was decided last; so a stage never goes
 * back. A report of an earlier stage, or decided earlier, or that says what is known, is counted and changes nothing else.
 * @throws CorridorError ALREADY_EXISTS when the flow is another agency's or has another unit
 */
export function decideFlow(known: Contribution | undefined, reported: ReportedFlow, report: string, field: string): ContributionEvent {
  if (known === undefined) return { kind: 'recorded', flow: reported, report };
  if (known.owner !== reported.owner) throw new CorridorError('ALREADY_EXISTS', `${field} is kept by another agency`, { field });
  if (known.unit !== reported.unit) throw new CorridorError('ALREADY_EXISTS', `${field} is known in another unit`, { field });
  const further = STAGES.indexOf(reported.stage) - STAGES.indexOf(known.stage);
  const isOlder = further < 0 || (further === 0 && reported.decidedAt < known.decidedAt);
  return isOlder || contentOf(known) === contentOf(reported) ? { kind: 'repeated', report } : { kind: 'recorded', flow: reported, report };
}

const contentOf = ({ donor, recipient, area, stage, unit, amount, original, pooledFund, decidedAt, description, handling }: ReportedFlow): string =>
  JSON.stringify([donor, recipient, area, stage, unit, amount, original?.minorUnits, original?.currency, pooledFund, decidedAt, description, handling]);

export const evolveContribution: Evolve<Contribution, ContributionEvent> = (before, { at, event }) => {
  if (event.kind === 'recorded') {
    return { ...event.flow, version: (before?.version ?? 0) + 1, reports: (before?.reports ?? 0) + 1, firstAt: before?.firstAt ?? at };
  }
  if (before === undefined) throw new TypeError('a flow begins by being recorded');
  return { ...before, version: before.version + 1, reports: before.reports + 1 };
};

/** The id of a flow's document, and the last part of its name. */
export const flowId = ({ source, flow }: FlowKey): string => `${source}.${flow}`;

export const contributionSubject = (contribution: Contribution): Subject => ({
  owner: contribution.owner,
  series: CONTRIBUTION_SERIES,
  // The same for all versions; the id of the flow is no secret to who may see that there is one.
  ref: derivedUuid(contribution.firstAt, utf8(`contributions/${flowId(contribution)}`)),
  handling: contribution.handling,
  area: contribution.area,
  addressees: [],
  since: contribution.firstAt,
});

/** Which flows a reader wants; an empty text or list means every value. */
export interface ContributionFilter {
  readonly areas: readonly string[];
  readonly donor: string;
  readonly stages: readonly Stage[];
}

export const wantsFlow = ({ areas, donor, stages }: ContributionFilter, flow: ReportedFlow): boolean =>
  (areas.length === 0 || areas.includes(flow.area)) && (donor === '' || donor === flow.donor) && (stages.length === 0 || stages.includes(flow.stage));
