import { Client, credentials } from '@grpc/grpc-js';
import { connect, type Corridor } from '@corridor/client';
import { Category, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { TestNode, type TestActor } from '@corridor/registry/testing';
import type { NodeProcess } from './node-process.ts';

export const OWNER = 'bench-owner';
const READER = 'bench-reader';
const YEAR = 365 * 86_400_000;

/** Two agencies with an agreement and a consent: the one publishes, the other may receive it all, masked. */
export interface Community {
  readonly owner: Corridor;
  readonly reader: Corridor;
  close(): void;
}

/** Founds an empty node with the two agencies and lets the one share with the other. */
export async function found(node: NodeProcess): Promise<Community> {
  const client = new Client(node.address, credentials.createInsecure());
  const registry = await TestNode.found(client, node.bootstrapSecret, [{ id: OWNER }, { id: READER }]);
  const [publishing, reading] = [registry.agency(OWNER), registry.agency(READER)];
  await registry.agree({ id: 'bench', parties: [publishing, reading] });
  const roles = [Role.ROLE_PUBLISHER, Role.ROLE_READER, Role.ROLE_DATA_PROTECTION_OFFICER];
  const as = ({ name: actor, secret }: TestActor): Corridor => connect({ address: node.address, credentials: { actor, secret } });
  const owner = as(await registry.actor(publishing, 'desk', ...roles));
  const reader = as(await registry.actor(reading, 'desk', ...roles));
  client.close();
  await owner.hub.grantConsent({
    parent: publishing.name,
    consentId: 'all',
    consent: {
      name: '',
      version: 0n,
      recipient: reading.name,
      categories: [Category.CATEGORY_MOVEMENT],
      purposes: [Purpose.PURPOSE_PLANNING],
      expireTime: new Date(Date.now() + YEAR),
      revokeTime: undefined,
    },
  });
  return {
    owner,
    reader,
    close: () => {
      owner.close();
      reader.close();
    },
  };
}
