import { Client, credentials } from '@grpc/grpc-js';
import { connect, type Corridor } from '@corridor/client';
import { Category, CountState, Granularity, LegalBasis, OnwardSharing, PersonalDataLevel, PlacePrecision, Purpose, Tlp, type Handling } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest, SharingConsent } from '@corridor/contracts/hub/v1/hub';
import { Breakdown, Measure, Population, Quality, TransportMode, type Update } from '@corridor/contracts/hub/v1/updates';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { newUuid } from '@corridor/kernel';
import { TestNode, type TestActor } from '@corridor/registry/testing';
import { BOOTSTRAP_SECRET } from './replicas.ts';

const YEAR = 365 * 86_400_000;
const STAFF = [Role.ROLE_PUBLISHER, Role.ROLE_READER, Role.ROLE_DATA_PROTECTION_OFFICER];

/** Who takes part: `alpha` publishes; `beta` and the agency that warns may receive it all under one agreement. */
export interface Community {
  readonly node: TestNode;
  readonly alpha: TestActor;
  readonly beta: TestActor;
  /** Of the agency that warns. */
  readonly warning: { readonly administrator: TestActor; readonly analyst: TestActor; readonly approver: TestActor };
  close(): void;
}

/** Founds an empty node through one of its replicas. */
export async function found(address: string, warningId: string): Promise<Community> {
  const client = new Client(address, credentials.createInsecure());
  const node = await TestNode.found(client, BOOTSTRAP_SECRET, [{ id: 'alpha' }, { id: 'beta' }]);
  const [alpha, beta] = [node.agency('alpha'), node.agency('beta')];
  const [warning] = await node.enter({ id: warningId });
  if (warning === undefined) throw new Error('the agency that warns did not enter');
  await node.agree({ id: 'exchange', parties: [alpha, beta, warning] });
  return {
    node,
    alpha: await node.actor(alpha, 'desk', ...STAFF),
    beta: await node.actor(beta, 'desk', ...STAFF),
    warning: {
      administrator: warning.administrator,
      analyst: await node.actor(warning, 'desk', ...STAFF),
      approver: await node.actor(warning, 'approver', Role.ROLE_APPROVER),
    },
    close: () => client.close(),
  };
}

/** An actor at a replica. */
export const at = (address: string, { name: actor, secret }: Pick<TestActor, 'name' | 'secret'>): Corridor => connect({ address, credentials: { actor, secret } });

/** A permission to receive all movements. */
export const consentTo = (agency: string): SharingConsent => ({
  name: '',
  version: 0n,
  recipient: `agencies/${agency}`,
  categories: [Category.CATEGORY_MOVEMENT],
  purposes: [Purpose.PURPOSE_PLANNING, Purpose.PURPOSE_EARLY_WARNING],
  expireTime: new Date(Date.now() + YEAR),
  revokeTime: undefined,
});

/** The handling of counts for every purpose that is agreed on. */
export const handling: Handling = {
  tlp: Tlp.TLP_AMBER,
  purposes: [Purpose.PURPOSE_PLANNING, Purpose.PURPOSE_EARLY_WARNING],
  legalBasis: LegalBasis.LEGAL_BASIS_PUBLIC_INTEREST,
  personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_AGGREGATE,
  retentionDays: 365,
  onwardSharing: OnwardSharing.ONWARD_SHARING_PROHIBITED,
  precisionLimit: PlacePrecision.PLACE_PRECISION_POINT,
  namedActors: [],
  communityGroups: [],
  publicityAttestedBy: '',
};

/** The count of a country in a month, counted from January 2026 on. */
export const update = (month = 0, count = 120, id = newUuid()): Update => ({
  updateId: id,
  replacesVersion: 0,
  place: { country: 'ITA', adminCode: '', route: '', point: undefined },
  period: { start: new Date(Date.UTC(2026, month, 1)), end: new Date(Date.UTC(2026, month + 1, 1)), granularity: Granularity.GRANULARITY_MONTH },
  content: {
    $case: 'movement',
    value: {
      measure: Measure.MEASURE_ARRIVALS,
      population: Population.POPULATION_MIXED,
      quality: Quality.QUALITY_OBSERVED,
      mode: TransportMode.TRANSPORT_MODE_SEA,
      breakdown: Breakdown.BREAKDOWN_NATIONALITY,
      rows: [{ key: 'SYR', count: { state: CountState.COUNT_STATE_KNOWN, value: BigInt(count) } }],
      total: { state: CountState.COUNT_STATE_KNOWN, value: BigInt(count) },
    },
  },
});

/** Updates of `alpha` in one message. */
export const message = (series: string, ...updates: readonly Update[]): PublishRequest => ({
  series: `agencies/alpha/series/${series}`,
  category: Category.CATEGORY_MOVEMENT,
  handling,
  updates,
  seenRevision: undefined,
  maskThreshold: 0,
});

/** The id of an update by its name. */
export const idOf = (name: string): string => name.slice(-36);
