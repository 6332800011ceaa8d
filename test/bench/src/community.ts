import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { connect, foundNode, type Corridor } from '@corridor/client';
import { AgencyKind, Category, OnwardSharing, PersonalDataLevel, PlacePrecision, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { AgreementState, ClauseEffect, Role } from '@corridor/contracts/registry/v1/resources';
import type { NodeProcess } from './node-process.ts';

export const OWNER = 'bench-owner';
const READER = 'bench-reader';
const SECRET = 'a secret of the benchmark';
const YEAR = 365 * 86_400_000;

/** Two agencies with an agreement and a consent: the one publishes, the other may receive it all, masked. */
export interface Community {
  readonly owner: Corridor;
  readonly reader: Corridor;
  /** Another connection of the reader, so that streams do not share one. */
  connectReader(): Corridor;
  close(): void;
}

/** Founds an empty node with the two agencies and lets the one share with the other. */
export async function found(node: NodeProcess): Promise<Community> {
  const roles = [Role.ROLE_ADMINISTRATOR, Role.ROLE_PUBLISHER, Role.ROLE_READER, Role.ROLE_DATA_PROTECTION_OFFICER];
  const agency = (agencyId: string) => ({
    agencyId,
    displayName: agencyId,
    kind: AgencyKind.AGENCY_KIND_NGO,
    country: '',
    memberStates: [],
    areas: [],
    firstActor: { actorId: 'desk', roles, secret: SECRET },
  });
  await foundNode(node, {
    bootstrapSecret: node.bootstrapSecret,
    operator: { actorId: 'desk', roles: [Role.ROLE_OPERATOR], secret: SECRET },
    agencies: [agency(OWNER), agency(READER)],
  });
  const as = (id: string): Corridor => connect({ address: node.address, credentials: { actor: `agencies/${id}/actors/desk`, secret: SECRET } });
  const connections = [as(OWNER), as(READER)] as const;
  const [owner, reader] = connections;
  await agree(owner, reader);
  await owner.hub.grantConsent({
    parent: `agencies/${OWNER}`,
    consentId: 'all',
    consent: {
      name: '',
      version: 0n,
      recipient: `agencies/${READER}`,
      categories: [Category.CATEGORY_MOVEMENT],
      purposes: [Purpose.PURPOSE_PLANNING],
      expireTime: new Date(Date.now() + YEAR),
      revokeTime: undefined,
    },
  });
  const further: Corridor[] = [];
  return {
    owner,
    reader,
    connectReader: () => {
      const connection = as(READER);
      further.push(connection);
      return connection;
    },
    close: () => {
      for (const connection of [...connections, ...further]) connection.close();
    },
  };
}

async function agree(owner: Corridor, reader: Corridor): Promise<void> {
  const ownerKey = await registerKey(owner, OWNER);
  const readerKey = await registerKey(reader, READER);
  const name = 'agreements/bench';
  const { canonicalText } = await owner.registry.draftAgreement({
    agreementId: 'bench',
    agreement: {
      name: '',
      version: 0n,
      title: 'Benchmark',
      template: 'bilateral-exchange',
      parties: [`agencies/${OWNER}`, `agencies/${READER}`],
      group: '',
      clauses: [
        {
          clauseId: 'all',
          effect: ClauseEffect.CLAUSE_EFFECT_PERMIT,
          owners: [],
          recipients: [],
          recipientKinds: [],
          categories: [Category.CATEGORY_MOVEMENT],
          purposes: [Purpose.PURPOSE_PLANNING],
          areas: ['WORLD'],
          levels: [PersonalDataLevel.PERSONAL_DATA_LEVEL_AGGREGATE],
          exact: false,
          onwardSharing: OnwardSharing.ONWARD_SHARING_PROHIBITED,
          highestPrecision: PlacePrecision.PLACE_PRECISION_POINT,
          retentionDays: 0,
          withoutBreakdown: false,
          secretariatBound: false,
          watermark: false,
        },
      ],
      effectiveTime: new Date(Date.now() - 1000),
      expireTime: new Date(Date.now() + YEAR),
      state: AgreementState.AGREEMENT_STATE_UNSPECIFIED,
      signatures: [],
      endedBy: '',
    },
  });
  for (const [side, key] of [[owner, ownerKey], [reader, readerKey]] as const) {
    await side.registry.signAgreement({ name, keyId: 'bench', signature: sign(null, canonicalText, key) });
  }
}

async function registerKey(side: Corridor, agency: string): Promise<KeyObject> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await side.registry.addSigningKey({
    agency: `agencies/${agency}`,
    signingKey: {
      keyId: 'bench',
      publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
      validFrom: new Date(Date.now() - 1000),
      validUntil: new Date(Date.now() + YEAR),
      revokeTime: undefined,
    },
  });
  return privateKey;
}
