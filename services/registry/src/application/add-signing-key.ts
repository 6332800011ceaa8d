import type { AgencyId } from '@corridor/kernel';
import type { Agency } from '../domain/organisation.ts';
import { decideSigningKey, type SigningKey } from '../domain/signing-key.ts';
import { changeAgency, requireOwn } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/**
 * An agency registers a public key.
 * @throws PERMISSION_DENIED, NOT_FOUND, INVALID_ARGUMENT, ALREADY_EXISTS, STATE_FORBIDS
 */
export async function addSigningKey(
  registry: Registry,
  by: By,
  id: AgencyId,
  key: Omit<SigningKey, 'revokedAt'>,
): Promise<Agency> {
  requireOwn(by, id);
  const agency = await changeAgency(registry, by, id, (stored) =>
    decideSigningKey({ kind: 'add-key', key }, stored, registry.clock.now()),
  );
  await registry.published();
  return agency;
}
