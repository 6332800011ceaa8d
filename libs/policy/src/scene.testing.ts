import { actorId, agencyId, seriesId } from '@corridor/kernel';
import type {
  ActorFacts,
  AgencyFacts,
  AgreementFacts,
  Clause,
  ConsentFacts,
  Contains,
  FocalPointFacts,
  GroupFacts,
  Handling,
  PolicyEvent,
  PolicyState,
  Question,
  Recipient,
  UpdateClass,
} from './facts.ts';
import { emptyPolicyState, evolveAll } from './state.ts';
import { WORLD, type Purpose } from './vocabulary.ts';

/** A small world in which the recipient may receive: each test changes one thing about it. */

export const DAY = 86_400_000;
export const NOW = Date.UTC(2026, 0, 15);
export const OWNER = agencyId('harbour-aid');
export const RECIPIENT = agencyId('relief-body');
export const STRANGER = agencyId('passer-by');
export const CLERK = { agency: RECIPIENT, actor: actorId('staff-7') };
export const OFFICER = { agency: OWNER, actor: actorId('staff-1') };
export const GROUP = 'island-task-force';

const PARENT: Readonly<Record<string, string>> = { 'GR-K': 'GRC', 'GR-K1': 'GR-K', 'TR-35': 'TUR' };
export const COUNTRIES = ['GRC', 'TUR', 'SYR', 'ITA'];
const ROUTES = ['eastern-route'];
export const PLACES = [...COUNTRIES, ...ROUTES, ...Object.keys(PARENT)];

/** A gazetteer: four countries with a few areas, and a route of which nobody says where it lies. */
export const contains: Contains = (outer, inner) => {
  if (!PLACES.includes(outer) || !PLACES.includes(inner)) return 'undecidable';
  if (outer === inner) return true;
  if (ROUTES.includes(outer) || ROUTES.includes(inner)) return 'undecidable';
  const parent = PARENT[inner];
  return parent !== undefined && contains(outer, parent);
};

/** A value that no type admits, as a newer contract or a defect could bring it. */
export function forged(value: unknown): never;
export function forged(value: unknown): unknown {
  return value;
}

export const agency = (change: Partial<AgencyFacts> = {}): PolicyEvent => ({
  kind: 'agency',
  fact: { id: RECIPIENT, version: 1, kind: 'un-agency', state: 'active', memberStates: [], ...change },
});

/** A focal point of the recipient, held by its clerk. */
export const focalPointFacts = (change: Partial<FocalPointFacts> = {}): FocalPointFacts => ({
  agency: RECIPIENT,
  id: 'sar',
  version: 1,
  theme: 'rescue',
  area: 'GRC',
  holder: CLERK.actor,
  deputies: [actorId('staff-8')],
  validFrom: NOW,
  validUntil: NOW + DAY,
  ...change,
});

export const focalPoint = (change: Partial<FocalPointFacts> = {}): PolicyEvent => ({ kind: 'focal-point', fact: focalPointFacts(change) });

export const actor = (change: Partial<ActorFacts> = {}): PolicyEvent => ({
  kind: 'actor',
  fact: { ...CLERK, version: 1, roles: ['reader'], retired: false, ...change },
});

export const group = (change: Partial<GroupFacts> = {}): PolicyEvent => ({
  kind: 'group',
  fact: { id: GROUP, version: 1, members: [OWNER, RECIPIENT], closed: false, ...change },
});

export const clause = (change: Partial<Clause> = {}): Clause => ({
  id: 'c1',
  effect: 'permit',
  owners: [],
  recipients: [],
  recipientKinds: [],
  categories: ['movement'],
  purposes: ['planning'],
  areas: [WORLD],
  levels: ['aggregate'],
  exact: false,
  onwardSharing: 'allowed',
  highestPrecision: 'point',
  retentionDays: 0,
  withoutBreakdown: false,
  secretariatBound: false,
  watermark: false,
  ...change,
});

export const prohibition = (change: Partial<Clause> = {}): Clause =>
  clause({ id: 'p1', effect: 'prohibit', categories: [], purposes: [], areas: [], levels: [], ...change });

export const agreement = (change: Partial<AgreementFacts> = {}): PolicyEvent => ({
  kind: 'agreement',
  fact: {
    id: 'protocol',
    version: 1,
    parties: [OWNER, RECIPIENT],
    clauses: [clause()],
    effectiveFrom: NOW - 100 * DAY,
    expiresAt: NOW + 100 * DAY,
    state: 'in-force',
    ...change,
  },
});

export const consent = (change: Partial<ConsentFacts> = {}): PolicyEvent => ({
  kind: 'consent',
  fact: {
    id: 'harbour-aid/k1',
    version: 1,
    owner: OWNER,
    recipient: { kind: 'agency', id: RECIPIENT },
    categories: ['movement'],
    purposes: ['planning'],
    expiresAt: NOW + 200 * DAY,
    revoked: false,
    ...change,
  },
});

export const handling = (change: Partial<Handling> = {}): Handling => ({
  tlp: 'amber',
  purposes: ['planning'],
  legalBasis: 'public-interest',
  personalDataLevel: 'aggregate',
  retentionDays: 365,
  onwardSharing: 'allowed',
  precisionLimit: 'point',
  namedActors: [],
  communityGroups: [],
  ...change,
});

/** Everything but the handling's own parts, which stand beside the class's for brevity. */
export interface Asked {
  readonly class?: Partial<Omit<UpdateClass, 'handling'>>;
  readonly handling?: Partial<Handling>;
  readonly recipient?: Recipient;
  readonly purpose?: Purpose;
  readonly publishedAt?: number;
}

export const question = (asked: Asked = {}): Question => ({
  class: {
    owner: OWNER,
    series: seriesId('arrivals'),
    category: 'movement',
    area: 'GR-K',
    ...asked.class,
    handling: handling(asked.handling),
  },
  recipient: asked.recipient ?? { agency: RECIPIENT },
  purpose: asked.purpose ?? 'planning',
  ...(asked.publishedAt !== undefined && { publishedAt: asked.publishedAt }),
});

/** The facts under which `question()` is allowed. */
export const facts: readonly PolicyEvent[] = [
  agency({ id: OWNER, kind: 'ngo' }),
  agency(),
  actor(),
  actor({ ...OFFICER, roles: ['publisher', 'approver'] }),
  group(),
  agreement(),
  consent(),
];

/** The state of `facts` after further events; each is taken whatever its version says. */
export const stateWith = (...events: readonly PolicyEvent[]): PolicyState =>
  events.reduce((state, event, index) => evolveAll(state, [atVersion(event, index + 2)]), evolveAll(emptyPolicyState, facts));

/** The same event with another version. */
export function atVersion(event: PolicyEvent, version: number): PolicyEvent {
  switch (event.kind) {
    case 'agency':
      return { kind: event.kind, fact: { ...event.fact, version } };
    case 'actor':
      return { kind: event.kind, fact: { ...event.fact, version } };
    case 'group':
      return { kind: event.kind, fact: { ...event.fact, version } };
    case 'focal-point':
      return { kind: event.kind, fact: { ...event.fact, version } };
    case 'agreement':
      return { kind: event.kind, fact: { ...event.fact, version } };
    case 'consent':
      return { kind: event.kind, fact: { ...event.fact, version } };
  }
}
