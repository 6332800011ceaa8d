import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { actorId, agencyId } from '@corridor/kernel';
import type { AgencyKind, AgencyState, Clause, Role } from '@corridor/policy';
import type { AgencyProfile } from './agency-life.ts';
import type { Gazetteer } from './gazetteer.ts';
import type { Actor, Agency, Organisation } from './organisation.ts';
import type { SigningKey } from './signing-key.ts';
import type { ProposedTerms } from './terms.ts';

export const NOW = Date.UTC(2026, 10, 21, 12);
export const DAY = 86_400_000;

export const GAZETTEER: Gazetteer = {
  isCountry: (code) => ['ITA', 'TUN', 'LBY'].includes(code),
  isPlace: (id) => ['ITA', 'TUN', 'LBY', 'central-mediterranean'].includes(id),
};

export const profile = (change: Partial<AgencyProfile> = {}): AgencyProfile => ({
  id: agencyId('relief'),
  displayName: 'Relief',
  kind: 'ngo',
  country: '',
  memberStates: [],
  areas: ['ITA'],
  ...change,
});

export const agency = (id: string, state: AgencyState = 'active', kind: AgencyKind = 'ngo'): Agency => ({
  id: agencyId(id),
  version: 1,
  displayName: id,
  kind,
  memberStates: [],
  areas: [],
  state,
  endorsedBy: [],
  signingKeys: [],
});

export const actor = (agencyOf: string, id: string, ...roles: readonly Role[]): Actor => ({
  agency: agencyId(agencyOf),
  id: actorId(id),
  version: 1,
  roles,
  retired: false,
  secretId: `secret-of-${id}`,
});

export const organisation = (of: Agency, ...actors: readonly Actor[]): Organisation => ({
  id: of.id,
  agency: of,
  actors: new Map(actors.map((one) => [one.id, one])),
  focalPoints: new Map(),
});

export const permission = (change: Partial<Clause> = {}): Clause => ({
  id: 'movements',
  effect: 'permit',
  owners: [],
  recipients: [],
  recipientKinds: [],
  categories: ['movement'],
  purposes: ['planning'],
  areas: ['WORLD'],
  levels: ['aggregate'],
  exact: false,
  onwardSharing: 'prohibited',
  highestPrecision: 'admin1',
  retentionDays: 0,
  withoutBreakdown: false,
  secretariatBound: false,
  watermark: false,
  ...change,
});

export const prohibition = (change: Partial<Clause> = {}): Clause =>
  permission({ id: 'never', effect: 'prohibit', highestPrecision: 'country', ...change });

export const proposed = (change: Partial<ProposedTerms> = {}): ProposedTerms => ({
  id: 'exchange',
  title: 'Exchange',
  template: 'information-sharing-protocol',
  parties: [agencyId('relief'), agencyId('harbour')],
  clauses: [permission()],
  effectiveFrom: NOW,
  expiresAt: NOW + 365 * DAY,
  ...change,
});

/** A key pair as an agency has it: the private part, and what it registers. */
export interface Pair {
  readonly key: SigningKey;
  sign(text: Uint8Array): Uint8Array;
}

export function keyPair(id = 'first', change: Partial<SigningKey> = {}): Pair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    key: { id, publicKey: rawOf(publicKey), validFrom: NOW - DAY, validUntil: NOW + DAY, ...change },
    sign: (text) => new Uint8Array(sign(null, text, privateKey)),
  };
}

const rawOf = (key: KeyObject): Uint8Array => new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'));
