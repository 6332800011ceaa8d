import { Client, credentials } from '@grpc/grpc-js';
import { connect, type Corridor } from '@corridor/client';
import { Category, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest, SharingConsent } from '@corridor/contracts/hub/v1/hub';
import type { Update } from '@corridor/contracts/hub/v1/updates';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { newUuid } from '@corridor/kernel';
import { TestNode, type TestActor } from '@corridor/registry/testing';
import { arrivals, handlingFor, publication } from '@corridor/test-e2e/counts';
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
export const handling = handlingFor(Purpose.PURPOSE_PLANNING, Purpose.PURPOSE_EARLY_WARNING);

/** The count of a country in a month, counted from January 2026 on. */
export const update = (month = 0, count = 120, updateId = newUuid()): Update => arrivals({ updateId, month, rows: { SYR: count } });

/** Updates of `alpha` in one message. */
export const message = (series: string, ...updates: readonly Update[]): PublishRequest => publication(`agencies/alpha/series/${series}`, handling, updates);

/** The id of an update by its name. */
export const idOf = (name: string): string => name.slice(-36);
