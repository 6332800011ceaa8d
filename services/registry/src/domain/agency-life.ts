import { type AgencyId, checkDistinct, checkText, CorridorError, forbid, refuse } from '@corridor/kernel';
import type { AgencyKind, AgencyState } from '@corridor/policy';
import type { Cause, Change } from './change.ts';
import { checkPlaces } from './places.ts';
import type { Gazetteer } from './gazetteer.ts';
import { OPERATOR, type Agency } from './organisation.ts';

/** What an application says about an agency. */
export interface AgencyProfile {
  readonly id: AgencyId;
  readonly displayName: string;
  readonly kind: AgencyKind;
  /** Empty unless the kind has one. */
  readonly country: string;
  readonly memberStates: readonly string[];
  readonly areas: readonly string[];
}

/** A step in the life of an agency. */
export type LifeCommand =
  | { readonly kind: 'endorse'; readonly by: Agency }
  | { readonly kind: 'verify' }
  | { readonly kind: 'activate' }
  | { readonly kind: 'suspend'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'withdraw'; readonly reason: string };

interface Step {
  readonly from: readonly AgencyState[];
  readonly to: AgencyState;
  readonly cause: Cause;
}

/** The whole graph of an agency's life: applied -> endorsed -> verified -> active <-> suspended; withdrawn is the end. */
const LIFE: Readonly<Record<LifeCommand['kind'], Step>> = {
  endorse: { from: ['applied', 'endorsed'], to: 'endorsed', cause: 'agency.endorsed' },
  verify: { from: ['endorsed'], to: 'verified', cause: 'agency.verified' },
  activate: { from: ['verified'], to: 'active', cause: 'agency.activated' },
  suspend: { from: ['active'], to: 'suspended', cause: 'agency.suspended' },
  resume: { from: ['suspended'], to: 'active', cause: 'agency.resumed' },
  withdraw: { from: ['applied', 'endorsed', 'verified', 'active', 'suspended'], to: 'withdrawn', cause: 'agency.withdrawn' },
};

const MAX_NAME = 200;
const MAX_REASON = 500;
const MAX_MEMBER_STATES = 300;
const MAX_AREAS = 500;

/**
 * The agency an application makes, in the state it enters with: `applied`, or `active` by the founding act.
 * @throws INVALID_ARGUMENT, UNKNOWN_PLACE naming the field under `field`
 */
export function newAgency(profile: AgencyProfile, state: 'applied' | 'active', gazetteer: Gazetteer, field: string): Agency {
  if (profile.id === OPERATOR) refuse(`${field}.agency_id`, 'is reserved');
  return {
    id: profile.id,
    version: 1,
    displayName: checkText(profile.displayName, MAX_NAME, `${field}.display_name`),
    kind: profile.kind,
    ...countryOf(profile, gazetteer, `${field}.country`),
    memberStates: memberStatesOf(profile, gazetteer, `${field}.member_states`),
    areas: checkPlaces(profile.areas, MAX_AREAS, gazetteer, `${field}.areas`),
    state,
    endorsedBy: [],
    signingKeys: [],
  };
}

/**
 * Takes an agency one step along its life.
 * @throws STATE_FORBIDS when the graph has no such step, the endorser is not active, or an agency endorses itself or twice
 */
export function decideLife(command: LifeCommand, agency: Agency): Change<'agency'> {
  const step = LIFE[command.kind];
  if (!step.from.includes(agency.state)) forbid(`an agency that is ${agency.state} cannot take the step ${command.kind}`);
  const reason = 'reason' in command ? { reason: checkText(command.reason, MAX_REASON, 'reason') } : {};
  const endorsedBy = command.kind === 'endorse' ? [...agency.endorsedBy, endorser(command.by, agency)] : agency.endorsedBy;
  return {
    cause: step.cause,
    ...reason,
    resource: { kind: 'agency', value: { ...agency, version: agency.version + 1, state: step.to, endorsedBy } },
  };
}

function endorser(by: Agency, applicant: Agency): AgencyId {
  if (by.id === applicant.id) forbid('an agency cannot endorse itself');
  if (by.state !== 'active') throw new CorridorError('AGENCY_NOT_ACTIVE', 'only an active agency endorses');
  if (applicant.endorsedBy.includes(by.id)) forbid('the agency has endorsed it already');
  return by.id;
}

function countryOf({ kind, country }: AgencyProfile, gazetteer: Gazetteer, field: string): { readonly country?: string } {
  if (kind !== 'state-authority') {
    if (country !== '') refuse(field, 'is for State authorities only');
    return {};
  }
  return { country: checkCountry(country, gazetteer, field) };
}

function memberStatesOf({ kind, memberStates }: AgencyProfile, gazetteer: Gazetteer, field: string): readonly string[] {
  if (kind !== 'regional-body') {
    if (memberStates.length > 0) refuse(field, 'is for regional bodies only');
    return [];
  }
  if (memberStates.length === 0) refuse(field, 'must name at least one State');
  return checkDistinct(memberStates, MAX_MEMBER_STATES, field).map((code, i) => checkCountry(code, gazetteer, `${field}[${i}]`));
}

function checkCountry(code: string, gazetteer: Gazetteer, field: string): string {
  if (!gazetteer.isCountry(code)) {
    throw new CorridorError('UNKNOWN_PLACE', `${field} must be the ISO 3166-1 alpha-3 code of a country of the gazetteer`, { field });
  }
  return code;
}
