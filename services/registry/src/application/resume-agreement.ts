import type { Agreement } from '../domain/agreement.ts';
import { changeAgreement } from './change-agreement.ts';
import type { By, Registry } from './registry.ts';

/**
 * The party that suspended an agreement ends the suspension.
 * @throws NOT_FOUND, PERMISSION_DENIED, STATE_FORBIDS, VERSION_CONFLICT
 */
export async function resumeAgreement(registry: Registry, by: By, id: string, expectedVersion: number): Promise<Agreement> {
  const agreement = await changeAgreement(registry, by, id, { kind: 'resume', party: by.agency, expectedVersion });
  await registry.published();
  return agreement;
}
