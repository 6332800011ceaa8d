import { Client, credentials } from '@grpc/grpc-js';
import { connect, type Corridor } from '@corridor/client';
import { Category, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { SharingConsent } from '@corridor/contracts/hub/v1/hub';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { TestNode, type TestActor } from '@corridor/registry/testing';
import type { NodeProcess } from './node-process.ts';

export const OWNER = 'bench-owner';
const READER = 'bench-reader';
/** The agency that the early-warning service acts for. */
export const WARNING = 'early-warning';
const YEAR = 365 * 86_400_000;

export interface SignIn {
  readonly actor: string;
  readonly secret: string;
}

/** Two agencies with an agreement and a consent: the one publishes, the other may receive it all, masked. And one that warns. */
export interface Community {
  readonly owner: Corridor;
  readonly reader: Corridor;
  /** The reader's actor and its secret, for other ways in. */
  readonly signIn: SignIn;
  /** Likewise of who publishes. */
  readonly ownerSignIn: SignIn;
  /** Of the agency that warns: who opens its topic, who writes rules, who approves them. */
  readonly administrator: Corridor;
  readonly analyst: Corridor;
  readonly approver: Corridor;
  close(): void;
}

/** Founds an empty node with the agencies and lets the first share with the others, and the one that warns with the reader. */
export async function found(node: NodeProcess): Promise<Community> {
  const client = new Client(node.address, credentials.createInsecure());
  const registry = await TestNode.found(client, node.bootstrapSecret, [{ id: OWNER }, { id: READER }]);
  const [publishing, reading] = [registry.agency(OWNER), registry.agency(READER)];
  const [warning] = await registry.enter({ id: WARNING });
  if (warning === undefined) throw new Error('the agency that warns did not enter');
  await registry.agree({ id: 'bench', parties: [publishing, reading, warning] });
  const roles = [Role.ROLE_PUBLISHER, Role.ROLE_READER, Role.ROLE_DATA_PROTECTION_OFFICER];
  const as = ({ name: actor, secret }: TestActor): Corridor => connect({ address: node.address, credentials: { actor, secret } });
  const publisher = await registry.actor(publishing, 'desk', ...roles);
  const owner = as(publisher);
  const desk = await registry.actor(reading, 'desk', ...roles);
  const analyst = as(await registry.actor(warning, 'desk', ...roles));
  const approver = as(await registry.actor(warning, 'approver', Role.ROLE_APPROVER));
  const others = [as(desk), as(warning.administrator)] as const;
  const [reader, administrator] = others;
  client.close();
  for (const [by, from, to] of [[owner, publishing, reading], [owner, publishing, warning], [analyst, warning, reading]] as const) {
    await by.hub.grantConsent({ parent: from.name, consentId: `to-${to.id}`, consent: consentTo(to.name) });
  }
  return {
    owner,
    reader,
    signIn: { actor: desk.name, secret: desk.secret },
    ownerSignIn: { actor: publisher.name, secret: publisher.secret },
    administrator,
    analyst,
    approver,
    close: () => {
      for (const each of [owner, analyst, approver, ...others]) each.close();
    },
  };
}

const consentTo = (recipient: string): SharingConsent => ({
  name: '',
  version: 0n,
  recipient,
  categories: [Category.CATEGORY_MOVEMENT],
  purposes: [Purpose.PURPOSE_PLANNING, Purpose.PURPOSE_EARLY_WARNING],
  expireTime: new Date(Date.now() + YEAR),
  revokeTime: undefined,
});
