import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { connect, foundNode, type Corridor } from '@corridor/client';
import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { Direction, ObservationFilter, Rule } from '@corridor/contracts/alerts/v1/rules';
import { AgencyKind, Category, CountState, Granularity, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { Breakdown, Measure, Population, Quality, Severity, TransportMode } from '@corridor/contracts/hub/v1/updates';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { termsOf } from '@corridor/standalone/scenario/agree';
import { permission } from '@corridor/standalone/scenario/clause';
import { handlingFor, publication } from '../counts.ts';

const OWNER = 'alpha';
/** `alpha` publishes; `beta` receives, and is called by alerts; the third is the agency of the early-warning service. */
const AGENCIES = [OWNER, 'beta', 'early-warning'] as const;
type Agency = (typeof AGENCIES)[number];

/** Everything in this company's life that nobody but its members may come to know. Each has a word that occurs nowhere else. */
export const CANARIES = {
  secret: 'canary-Q7secret of the tests',
  bootstrap: 'canary-Q7bootstrap of the tests',
  displayName: 'canary-Q7display',
  ruleTitle: 'canary-Q7title',
  instruction: 'canary-Q7instruction',
  note: 'canary-Q7note: nobody is at home',
  refused: 'canary-Q7refused',
  path: 'canary-Q7path',
} as const;
/** A count that occurs nowhere else. */
export const CANARY_COUNT = 918_273_645n;
/** What all the words have in common. */
export const CANARY = 'canary-Q7';

const SERIES = 'agencies/alpha/series/arrivals';
const ROUTE = 'central-mediterranean-route';
export const FOCAL_POINT = 'agencies/beta/focalPoints/warnings';
const FROM = new Date(Date.UTC(2020, 0, 1));
const UNTIL = new Date(Date.UTC(2099, 0, 1));
const ALL_ROLES = [
  Role.ROLE_ADMINISTRATOR,
  Role.ROLE_READER,
  Role.ROLE_PUBLISHER,
  Role.ROLE_DATA_PROTECTION_OFFICER,
  Role.ROLE_DUTY_OFFICER,
  Role.ROLE_APPROVER,
];
const PURPOSES = [Purpose.PURPOSE_PLANNING, Purpose.PURPOSE_EARLY_WARNING];

/** A connection of an actor. */
export const enter = (address: string, agency: Agency, actor = 'staff-1'): Corridor =>
  connect({ address, credentials: { actor: `agencies/${agency}/actors/${actor}`, secret: CANARIES.secret } });

/** Founds the node, agrees on everything, has a rule watch the counts of `alpha`, and calls `beta` when it fires. */
export async function assemble(address: string, bootstrapSecret: string = CANARIES.bootstrap): Promise<void> {
  const newActor = (actorId: string, roles: Role[]) => ({ actorId, roles, secret: CANARIES.secret });
  const newAgency = (agencyId: string) => ({
    agencyId,
    displayName: `${CANARIES.displayName} ${agencyId}`,
    kind: AgencyKind.AGENCY_KIND_NGO,
    country: '',
    memberStates: [],
    areas: [],
    firstActor: newActor('staff-1', ALL_ROLES),
  });
  const operator = newActor('staff-1', [Role.ROLE_OPERATOR]);
  await foundNode({ address }, { bootstrapSecret, operator, agencies: [newAgency(OWNER), newAgency('beta')] });
  const office = connect({ address, credentials: { actor: 'agencies/operator/actors/staff-1', secret: CANARIES.secret } });
  const members = new Map(AGENCIES.map((agency) => [agency, enter(address, agency)] as const));
  const as = (agency: Agency): Corridor => {
    const member = members.get(agency);
    if (member === undefined) throw new Error(`${agency} is not here`);
    return member;
  };
  await office.registry.applyAgency({ agency: newAgency('early-warning') });
  const third = { name: 'agencies/early-warning', expectedVersion: 0n };
  await as('beta').registry.endorseAgency(third);
  await office.registry.verifyAgency(third);
  await office.registry.activateAgency(third);
  await as('early-warning').registry.addActor({ agency: 'agencies/early-warning', actor: newActor('staff-2', ALL_ROLES) });
  await agree(as);
  for (const [owner, recipient] of [['alpha', 'beta'], ['alpha', 'early-warning'], ['early-warning', 'beta']] as const) await permit(as(owner), owner, recipient);
  await as('beta').registry.setFocalPoint({ focalPoint: { ...FOCAL, name: FOCAL_POINT } });
  await as('early-warning').hub.openPartnerTopic({ parent: 'agencies/early-warning', purpose: Purpose.PURPOSE_EARLY_WARNING, filter: undefined });
  await as('early-warning').alerts.createRule({ ruleId: 'surge', rule: RULE });
  await as('early-warning').alerts.backtestRule({ name: RULE.name, expectedVersion: 0n, start: undefined, end: undefined, events: [], toleranceSeconds: 0 });
  const second = enter(address, 'early-warning', 'staff-2');
  await second.alerts.activateRule({ name: RULE.name, expectedVersion: 0n, evaluateHistory: false });
  for (const corridor of [...members.values(), second, office]) corridor.close();
}

async function agree(as: (agency: Agency) => Corridor): Promise<void> {
  const keys = new Map<Agency, KeyObject>();
  for (const agency of AGENCIES) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    keys.set(agency, privateKey);
    const raw = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })).export({ format: 'der', type: 'spki' }).subarray(-32);
    await as(agency).registry.addSigningKey({ agency: `agencies/${agency}`, signingKey: { keyId: 'key-1', publicKey: raw, validFrom: FROM, validUntil: UNTIL, revokeTime: undefined } });
  }
  const name = 'agreements/exchange';
  await as(OWNER).registry.draftAgreement({ agreementId: 'exchange', agreement: AGREEMENT });
  const { canonicalText } = await as(OWNER).registry.getAgreement({ name });
  for (const [agency, key] of keys) await as(agency).registry.signAgreement({ name, keyId: 'key-1', signature: sign(null, canonicalText, key) });
}

const permit = (corridor: Corridor, owner: Agency, recipient: Agency): Promise<unknown> =>
  corridor.hub.grantConsent({
    parent: `agencies/${owner}`,
    consentId: `to-${recipient}`,
    consent: {
      name: '',
      version: 0n,
      recipient: `agencies/${recipient}`,
      categories: [Category.CATEGORY_MOVEMENT],
      purposes: PURPOSES,
      expireTime: UNTIL,
      revokeTime: undefined,
    },
  });

/** A report of so many arrivals on a route in January 2026. */
export const arrivals = (updateId: string, count: bigint): PublishRequest => publication(SERIES, HANDLING, [
  {
    updateId,
    replacesVersion: 0,
    place: { country: '', adminCode: '', route: ROUTE, point: undefined },
    period: { start: new Date(Date.UTC(2026, 0, 1)), end: new Date(Date.UTC(2026, 1, 1)), granularity: Granularity.GRANULARITY_MONTH },
    content: {
      $case: 'movement',
      value: {
        measure: Measure.MEASURE_ARRIVALS,
        population: Population.POPULATION_MIXED,
        quality: Quality.QUALITY_OBSERVED,
        mode: TransportMode.TRANSPORT_MODE_SEA,
        breakdown: Breakdown.BREAKDOWN_NONE,
        rows: [],
        total: { state: CountState.COUNT_STATE_KNOWN, value: count },
      },
    },
  },
]);

const HANDLING = handlingFor(...PURPOSES);

const FOCAL = {
  version: 0n,
  theme: 'warnings',
  area: ROUTE,
  holder: 'agencies/beta/actors/staff-1',
  deputies: [],
  validFrom: FROM,
  validUntil: UNTIL,
  absentUntil: undefined,
};

const AGREEMENT = termsOf({
  title: 'Exchange of movements',
  template: 'information-sharing-protocol',
  parties: AGENCIES,
  clauses: [permission({ clauseId: 'movements', categories: [Category.CATEGORY_MOVEMENT], purposes: PURPOSES })],
});

const RULE: Rule = {
  ...Rule.fromPartial({}),
  name: 'rules/surge',
  title: CANARIES.ruleTitle,
  observations: { ...ObservationFilter.fromPartial({}), series: [SERIES], measure: Measure.MEASURE_ARRIVALS, areas: [ROUTE], granularity: Granularity.GRANULARITY_MONTH },
  detector: { $case: 'threshold', value: { value: 5000n, direction: Direction.DIRECTION_ABOVE, consecutivePeriods: 1 } },
  severities: [{ atLeast: 100, severity: Severity.SEVERITY_SEVERE }],
  hazard: 'displacement',
  event: 'Surge of arrivals',
  instruction: CANARIES.instruction,
  expiresAfterSeconds: 86_400,
  handling: HANDLING,
  acknowledgement: { theme: 'warnings', deadlineSeconds: 3600, escalationSeconds: 3600 },
  status: CapStatus.CAP_STATUS_ACTUAL,
};
