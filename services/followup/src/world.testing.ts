import { actorId, agencyId, uuid, type Uuid } from '@corridor/kernel';
import type { ActorFacts, AgencyFacts, Clause, FocalPointFacts, Handling, PolicyEvent, Role } from '@corridor/policy';
import type { Caller } from '@corridor/runtime';

/** Who takes part in the tests of follow-up, and what they have agreed. */

export const DAY = 86_400_000;
export const START = Date.UTC(2026, 5, 1);
const FOREVER = Date.UTC(2100, 0, 1);

export const SECRETARIAT = 'secretariat';
/** Addressed by recommendations; an authority of Italy. */
export const AUTHORITY = 'coast-authority';
export const RELIEF = 'relief';
/** Addressed by nothing; admitted by agreement and consent. */
export const ANALYSTS = 'analysts';
/** Addressed by nothing; admitted too, and an authority of Syria: behind the firewall. */
export const HOMELAND = 'homeland-authority';
export const STRANGER = 'stranger';
const TASK_FORCE = 'task-force';

const EVERY_ROLE: readonly Role[] = ['reader', 'publisher', 'approver', 'duty-officer', 'data-protection-officer', 'administrator'];

/** An actor whom the host has let in. */
export const person = (agency: string, actor = 'staff-1', roles: readonly Role[] = EVERY_ROLE): Caller => ({
  agency: agencyId(agency),
  actor: actorId(actor),
  name: `agencies/${agency}/actors/${actor}`,
  roles: new Set(roles),
  agencyState: 'active',
});

export const agency = (id: string, change: Partial<AgencyFacts> = {}): PolicyEvent => ({
  kind: 'agency',
  fact: { id: agencyId(id), version: 1, kind: 'ngo', state: 'active', memberStates: [], ...change },
});
export const actor = (of: string, id = 'staff-1', change: Partial<ActorFacts> = {}): PolicyEvent => ({
  kind: 'actor',
  fact: { agency: agencyId(of), actor: actorId(id), version: 1, roles: EVERY_ROLE, retired: false, ...change },
});
const clause: Clause = {
  id: 'c1',
  effect: 'permit',
  owners: [],
  recipients: [],
  recipientKinds: [],
  categories: ['activity'],
  purposes: ['planning'],
  areas: ['WORLD'],
  levels: ['none', 'aggregate'],
  exact: false,
  onwardSharing: 'prohibited',
  highestPrecision: 'point',
  retentionDays: 0,
  withoutBreakdown: false,
  secretariatBound: false,
  watermark: false,
};
export const consent = (recipient: string, change: { readonly version?: number; readonly revoked?: boolean } = {}): PolicyEvent => ({
  kind: 'consent',
  fact: {
    id: `${SECRETARIAT}/to-${recipient}`,
    version: 1,
    owner: agencyId(SECRETARIAT),
    recipient: { kind: 'agency', id: agencyId(recipient) },
    categories: ['activity'],
    purposes: ['planning'],
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
    theme: 'reception',
    area: 'ITA',
    holder: actorId('staff-1'),
    deputies: [actorId('staff-2')],
    validFrom: START - DAY,
    validUntil: FOREVER,
    ...change,
  },
});

export const world = (): readonly PolicyEvent[] => [
  ...[SECRETARIAT, RELIEF, ANALYSTS, STRANGER].map((id) => agency(id)),
  agency(AUTHORITY, { kind: 'state-authority', country: 'ITA' }),
  agency(HOMELAND, { kind: 'state-authority', country: 'SYR' }),
  ...[SECRETARIAT, RELIEF, ANALYSTS, STRANGER, AUTHORITY, HOMELAND].flatMap((id) => [actor(id), actor(id, 'staff-2'), actor(id, 'staff-3')]),
  { kind: 'group', fact: { id: TASK_FORCE, version: 1, members: [agencyId(SECRETARIAT), agencyId(RELIEF)], closed: false } },
  {
    kind: 'agreement',
    fact: {
      id: 'findings',
      version: 1,
      parties: [SECRETARIAT, ANALYSTS, HOMELAND].map((id) => agencyId(id)),
      clauses: [clause],
      effectiveFrom: START - DAY,
      expiresAt: FOREVER,
      state: 'in-force',
    },
  },
  consent(ANALYSTS),
  consent(HOMELAND),
];

/** A handling for texts in which nothing derives from persons' cases. */
export const handling = (change: Partial<Handling> = {}): Handling => ({
  tlp: 'amber',
  purposes: ['planning'],
  legalBasis: 'not-personal',
  personalDataLevel: 'none',
  retentionDays: 365,
  onwardSharing: 'prohibited',
  precisionLimit: 'country',
  namedActors: [],
  communityGroups: [],
  ...change,
});

/** The nth id of a test. */
export const id = (n: number): Uuid => uuid(`019a0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`);

