import type { Agreement } from '../domain/agreement.ts';
import { changeAgreement } from './change-agreement.ts';
import type { By, Registry } from './registry.ts';

/**
 * A party ends an agreement. From the answer on nothing goes out under it.
 * @throws NOT_FOUND, STATE_FORBIDS, VERSION_CONFLICT, INVALID_ARGUMENT
 */
export async function terminateAgreement(
  registry: Registry,
  by: By,
  id: string,
  expectedVersion: number,
  reason: string,
): Promise<Agreement> {
  const agreement = await changeAgreement(registry, by, id, { kind: 'terminate', party: by.agency, expectedVersion, reason });
  await registry.confirmed();
  return agreement;
}
