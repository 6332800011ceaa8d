import type { ActorId, AgencyId } from '@corridor/kernel';
import { decideActor } from '../domain/actors.ts';
import type { Actor } from '../domain/organisation.ts';
import { changeOrganisation, requireOwn } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/**
 * An agency ends an actor. From the answer on its tokens are refused everywhere.
 * @throws PERMISSION_DENIED, NOT_FOUND, STATE_FORBIDS
 */
export async function retireActor(
  registry: Registry,
  by: By,
  { agency, actor }: { readonly agency: AgencyId; readonly actor: ActorId },
): Promise<Actor> {
  requireOwn(by, agency);
  const change = await changeOrganisation(registry, by, agency, (stored) => decideActor({ kind: 'retire', actor }, stored));
  await registry.confirmed();
  return change.resource.value;
}
