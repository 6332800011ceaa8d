import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { connect, foundNode, type Corridor } from '@corridor/client';
import { AgencyKind, Category, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import type { Update } from '@corridor/contracts/hub/v1/updates';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { termsOf } from '@corridor/standalone/scenario/agree';
import { permission } from '@corridor/standalone/scenario/clause';
import { arrivals, handlingFor, publication } from './counts.ts';

/** Who takes part: `alpha` publishes, `beta` receives, `gamma` has no agreement and so receives nothing. */
export const AGENCIES = ['alpha', 'beta', 'gamma'] as const;
export const BOOTSTRAP_SECRET = 'bootstrap secret of the tests';
export const SECRET = 'a secret of the tests';
const FROM = new Date(Date.UTC(2020, 0, 1));
const UNTIL = new Date(Date.UTC(2099, 0, 1));
const ROLES = [Role.ROLE_ADMINISTRATOR, Role.ROLE_READER, Role.ROLE_PUBLISHER, Role.ROLE_DATA_PROTECTION_OFFICER];

/** A connection of an agency's one actor, or of the operator's. */
export const enter = (address: string, agency: (typeof AGENCIES)[number] | 'operator'): Corridor =>
  connect({ address, credentials: { actor: `agencies/${agency}/actors/staff-1`, secret: SECRET } });

const newAgency = (agencyId: string) => ({
  agencyId,
  displayName: agencyId,
  kind: AgencyKind.AGENCY_KIND_NGO,
  country: '',
  memberStates: [],
  areas: [],
  firstActor: { actorId: 'staff-1', roles: ROLES, secret: SECRET },
});

/** Founds the node, lets all agencies enter, signs the agreement of `alpha` and `beta` and grants `beta` its consent. */
export async function assemble(address: string): Promise<void> {
  const operator = { actorId: 'staff-1', roles: [Role.ROLE_OPERATOR], secret: SECRET };
  await foundNode({ address }, { bootstrapSecret: BOOTSTRAP_SECRET, operator, agencies: [newAgency('alpha'), newAgency('beta')] });
  const [alpha, beta, ops] = [enter(address, 'alpha'), enter(address, 'beta'), enter(address, 'operator')];
  const gamma = { name: 'agencies/gamma', expectedVersion: 0n };
  await alpha.registry.applyAgency({ agency: newAgency('gamma') });
  await beta.registry.endorseAgency(gamma);
  await ops.registry.verifyAgency(gamma);
  await ops.registry.activateAgency(gamma);
  const keys = new Map<string, KeyObject>();
  for (const [id, corridor] of [['alpha', alpha], ['beta', beta]] as const) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    keys.set(id, privateKey);
    const raw = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })).export({ format: 'der', type: 'spki' }).subarray(-32);
    const signingKey = { keyId: 'key-1', publicKey: raw, validFrom: FROM, validUntil: UNTIL, revokeTime: undefined };
    await corridor.registry.addSigningKey({ agency: `agencies/${id}`, signingKey });
  }
  await alpha.registry.draftAgreement({ agreementId: 'exchange', agreement: AGREEMENT });
  const { canonicalText } = await alpha.registry.getAgreement({ name: 'agreements/exchange' });
  for (const [id, corridor] of [['alpha', alpha], ['beta', beta]] as const) {
    const key = keys.get(id);
    if (key !== undefined) await corridor.registry.signAgreement({ name: 'agreements/exchange', keyId: 'key-1', signature: sign(null, canonicalText, key) });
  }
  await grant(alpha, 'to-beta', 'agencies/beta');
  for (const corridor of [alpha, beta, ops]) corridor.close();
}

/** A standing permission of `alpha`. */
export const grant = (alpha: Corridor, consentId: string, recipient: string): Promise<unknown> =>
  alpha.hub.grantConsent({
    parent: 'agencies/alpha',
    consentId,
    consent: {
      name: '',
      version: 0n,
      recipient,
      categories: [Category.CATEGORY_MOVEMENT],
      purposes: [Purpose.PURPOSE_PLANNING],
      expireTime: UNTIL,
      revokeTime: undefined,
    },
  });

const AGREEMENT = termsOf({
  title: 'Exchange of movements',
  template: 'bilateral-exchange',
  parties: ['alpha', 'beta'],
  clauses: [permission({ clauseId: 'movements', categories: [Category.CATEGORY_MOVEMENT], purposes: [Purpose.PURPOSE_PLANNING] })],
});

/** A report of some arrivals. */
export const report = (updateId: string, replacesVersion: number, value: number): Update => arrivals({ updateId, replacesVersion, rows: { SYR: value } });

const HANDLING = handlingFor(Purpose.PURPOSE_PLANNING);

/** Updates of `alpha` in one message. */
export const message = (series: string, updates: readonly Update[]): PublishRequest => publication(`agencies/alpha/series/${series}`, HANDLING, updates);
