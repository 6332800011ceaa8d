import { AgencyKind, Category, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { Role } from '@corridor/contracts/registry/v1/resources';
import type { AgreementPart, Terms } from '../agree.ts';
import { actorName, type AgencyPart, type Cast } from '../cast.ts';
import { permission } from '../clause.ts';
import { countsHandling } from '../handling.ts';

export const OWNER = 'border-observatory';
export const SERIES = 'route-detections';
export const REVOKED_CONSENT = 'passing-mission';
/** The agency that the early-warning service acts for. */
export const EARLY_WARNING = 'early-warning';
/** Who keeps the records of the meetings whose recommendations are entered. */
export const SECRETARIAT = 'review-secretariat';

const ROLES = [Role.ROLE_ADMINISTRATOR, Role.ROLE_DATA_PROTECTION_OFFICER, Role.ROLE_PUBLISHER, Role.ROLE_READER];
/** An agency with one actor who may do everything but operate the node. */
export const agency = (id: string, kind: AgencyKind, more: Partial<AgencyPart> = {}): AgencyPart => ({
  id,
  displayName: id,
  kind,
  actors: [{ id: 'desk-1', roles: ROLES }],
  ...more,
});
/** The actor of an agency. */
export const actorOf = (id: string): string => actorName(id, 'desk-1');
/** The second actor of the early-warning agency. */
export const APPROVER = actorName(EARLY_WARNING, 'approver-1');

/** One agency that publishes, and partners that stand to it in different ways. */
export const CAST: Cast = {
  agencies: [
    agency(OWNER, AgencyKind.AGENCY_KIND_MISSION),
    agency('statistics-office', AgencyKind.AGENCY_KIND_UN_AGENCY),
    agency('relief-agency', AgencyKind.AGENCY_KIND_NGO),
    agency('homeland-authority', AgencyKind.AGENCY_KIND_STATE_AUTHORITY, { country: 'SYR' }),
    agency('passing-mission', AgencyKind.AGENCY_KIND_MISSION),
    agency('stranger', AgencyKind.AGENCY_KIND_NGO),
    {
      ...agency(EARLY_WARNING, AgencyKind.AGENCY_KIND_UN_AGENCY),
      actors: [{ id: 'desk-1', roles: ROLES }, { id: 'approver-1', roles: [Role.ROLE_APPROVER] }],
    },
  ],
};

const { CATEGORY_MOVEMENT: MOVEMENT } = Category;
const { PURPOSE_PLANNING: PLANNING, PURPOSE_ASSISTANCE: ASSISTANCE, PURPOSE_EARLY_WARNING: WARNING } = Purpose;

/** For whom a permission of the owner stands, and for what. */
const PARTNERS = [
  { id: 'statistics-office', purpose: PLANNING, exact: false },
  { id: 'relief-agency', purpose: ASSISTANCE, exact: true },
  { id: 'homeland-authority', purpose: PLANNING, exact: false },
  { id: 'passing-mission', purpose: PLANNING, exact: false },
] as const;

/** Who lets whom be warned by its counts. */
const WARNED = [
  { owner: OWNER, recipient: EARLY_WARNING },
  { owner: OWNER, recipient: 'statistics-office' },
  { owner: EARLY_WARNING, recipient: 'statistics-office' },
] as const;

/** Agreements with all but the stranger; one clause each. */
export const TERMS: Terms = {
  groups: [],
  agreements: [
    ...PARTNERS.map(({ id, purpose, exact }): AgreementPart => ({
      id: `${id}-exchange`,
      title: `Exchange of detections with ${id}`,
      template: 'bilateral-exchange',
      parties: [OWNER, id],
      clauses: [permission({ clauseId: 'detections', owners: [`agencies/${OWNER}`], categories: [MOVEMENT], purposes: [purpose], exact })],
    })),
    {
      id: 'warning-terms',
      title: 'Terms of early warning',
      template: 'information-sharing-protocol',
      parties: [OWNER, EARLY_WARNING, 'statistics-office'],
      clauses: [permission({ clauseId: 'warning', categories: [MOVEMENT], purposes: [WARNING] })],
    },
  ],
  consents: [
    ...PARTNERS.map(({ id, purpose }) => ({ owner: OWNER, id, recipient: `agencies/${id}`, categories: [MOVEMENT], purposes: [purpose] })),
    ...WARNED.map(({ owner, recipient }) => ({ owner, id: `warns-${recipient}`, recipient: `agencies/${recipient}`, categories: [MOVEMENT], purposes: [WARNING] })),
  ],
};

/** Strict enough for exact views. */
export const HANDLING = countsHandling(Tlp.TLP_AMBER_STRICT, [PLANNING, ASSISTANCE, WARNING]);
