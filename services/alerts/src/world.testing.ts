import { actorId, agencyId } from '@corridor/kernel';
import type { ActorFacts, AgencyFacts, AgreementFacts, Clause, ConsentFacts, FocalPointFacts, PolicyEvent, Role } from '@corridor/policy';
import type { Caller } from '@corridor/runtime';

/** Who takes part in the tests of early warning, and what they have agreed. */

export const DAY = 86_400_000;
export const START = Date.UTC(2026, 10, 21, 12);
const FOREVER = Date.UTC(2100, 0, 1);

/** The early-warning agency, who counts, who is warned, who may not have what it is warned by, and who may have nothing. */
export const OWN = 'early-warning';
export const COUNTING = 'border-watch';
export const WARNED = 'relief';
export const UNINFORMED = 'beacon';
export const STRANGER = 'stranger';
/** An authority of Italy. */
export const AUTHORITY = 'coast-authority';
export const SERIES = `agencies/${COUNTING}/series/crossings`;
export const ROUTE = 'central-mediterranean-route';

const EVERY_ROLE: readonly Role[] = ['reader', 'publisher', 'approver', 'duty-officer', 'data-protection-officer', 'administrator'];

/** An actor whom the host has let in. */
export const person = (agency: string, actor = 'staff-1', roles: readonly Role[] = EVERY_ROLE): Caller => ({
  agency: agencyId(agency),
  actor: actorId(actor),
  name: `agencies/${agency}/actors/${actor}`,
  roles: new Set(roles),
  agencyState: 'active',
});
export const AUTHOR = person(OWN, 'author');
export const APPROVER = person(OWN, 'approver');

export const agency = (id: string, change: Partial<AgencyFacts> = {}): PolicyEvent => ({
  kind: 'agency',
  fact: { id: agencyId(id), version: 1, kind: 'ngo', state: 'active', memberStates: [], ...change },
});
export const actor = (of: string, id = 'staff-1', change: Partial<ActorFacts> = {}): PolicyEvent => ({
  kind: 'actor',
  fact: { agency: agencyId(of), actor: actorId(id), version: 1, roles: EVERY_ROLE, retired: false, ...change },
});
const clause = (change: Partial<Clause> = {}): Clause => ({
  id: 'c1',
  effect: 'permit',
  owners: [],
  recipients: [],
  recipientKinds: [],
  categories: ['movement'],
  purposes: ['early-warning'],
  areas: ['WORLD'],
  levels: ['aggregate', 'none'],
  exact: false,
  onwardSharing: 'prohibited',
  highestPrecision: 'point',
  retentionDays: 0,
  withoutBreakdown: false,
  secretariatBound: false,
  watermark: false,
  ...change,
});
export const agreement = (id: string, parties: readonly string[], change: Partial<AgreementFacts> = {}, terms: Partial<Clause> = {}): PolicyEvent => ({
  kind: 'agreement',
  fact: { id, version: 1, parties: parties.map((party) => agencyId(party)), clauses: [clause(terms)], effectiveFrom: START - DAY, expiresAt: FOREVER, state: 'in-force', ...change },
});
export const consent = (owner: string, recipient: string, change: Partial<ConsentFacts> = {}): PolicyEvent => ({
  kind: 'consent',
  fact: {
    id: `${owner}/to-${recipient}`,
    version: 1,
    owner: agencyId(owner),
    recipient: { kind: 'agency', id: agencyId(recipient) },
    categories: ['movement'],
    purposes: ['early-warning'],
    expiresAt: FOREVER,
    revoked: false,
    ...change,
  },
});
export const focalPoint = (of: string, change: Partial<FocalPointFacts> = {}): PolicyEvent => ({
  kind: 'focal-point',
  fact: {
    agency: agencyId(of),
    id: 'desk',
    version: 1,
    theme: 'rescue',
    area: ROUTE,
    holder: actorId('staff-1'),
    deputies: [actorId('staff-2')],
    validFrom: START - DAY,
    validUntil: FOREVER,
    ...change,
  },
});

/** Everybody, as agreed: the uninformed agency may have warnings and none of the counts; the stranger nothing. */
export const world = (): readonly PolicyEvent[] => [
  ...[OWN, COUNTING, WARNED, UNINFORMED, STRANGER].map((id) => agency(id)),
  agency(AUTHORITY, { kind: 'state-authority', country: 'ITA' }),
  ...['author', 'approver'].map((id) => actor(OWN, id)),
  ...[COUNTING, WARNED, UNINFORMED, STRANGER, AUTHORITY].flatMap((id) => [actor(id), actor(id, 'staff-2')]),
  agreement('counts', [COUNTING, OWN, WARNED, AUTHORITY], {}, { owners: [agencyId(COUNTING)] }),
  agreement('warnings', [OWN, WARNED, UNINFORMED, AUTHORITY], {}, { owners: [agencyId(OWN)] }),
  ...[OWN, WARNED, AUTHORITY].map((id) => consent(COUNTING, id)),
  ...[WARNED, UNINFORMED, AUTHORITY].map((id) => consent(OWN, id)),
];
