import { isTaken } from '@corridor/outbox';
import type { NodeKey } from '../domain/node-key.ts';
import type { Change } from '../domain/change.ts';
import type { Registry } from './registry.ts';

/** Publishes a public key of the node at its first use; does nothing when it is published already. */
export async function publishNodeKey(registry: Registry, key: NodeKey): Promise<void> {
  const change: Change<'node-key'> = { cause: 'node-key.published', resource: { kind: 'node-key', value: key } };
  if ((await registry.nodeKeys.get(key.id)) !== undefined) return;
  await registry.nodeKeys.create(key.id, key, [registry.eventOf(change, '')]).catch((error: unknown) => {
    if (!isTaken(error)) throw error;
  });
}
