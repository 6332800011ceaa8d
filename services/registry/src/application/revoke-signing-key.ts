import type { AgencyId } from '@corridor/kernel';
import type { Agency } from '../domain/organisation.ts';
import { decideSigningKey } from '../domain/signing-key.ts';
import { changeAgency, requireOwn } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/**
 * An agency revokes a public key: what it signs from now on counts no more; what it signed before stands.
 * @throws PERMISSION_DENIED, NOT_FOUND, STATE_FORBIDS
 */
export async function revokeSigningKey(registry: Registry, by: By, id: AgencyId, keyId: string): Promise<Agency> {
  requireOwn(by, id);
  const agency = await changeAgency(registry, by, id, (stored) =>
    decideSigningKey({ kind: 'revoke-key', keyId }, stored, registry.clock.now()),
  );
  await registry.published();
  return agency;
}
