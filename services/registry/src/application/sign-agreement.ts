import type { Agreement } from '../domain/agreement.ts';
import { changeAgreement } from './change-agreement.ts';
import { readAgency } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/**
 * A party adds its signature over the canonical text; with the last one the agreement is in force.
 * @throws NOT_FOUND, STATE_FORBIDS, SIGNATURE_INVALID
 */
export async function signAgreement(
  registry: Registry,
  by: By,
  id: string,
  keyId: string,
  signature: Uint8Array,
): Promise<Agreement> {
  const { signingKeys } = await readAgency(registry, by.agency);
  const key = signingKeys.find((known) => known.id === keyId);
  const agreement = await changeAgreement(registry, by, id, { kind: 'sign', party: by.agency, keyId, key, signature });
  await registry.published();
  return agreement;
}
