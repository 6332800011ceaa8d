import type { ActorId, AgencyId } from '@corridor/kernel';
import type { Role } from '@corridor/policy';
import { decideActor, isNarrower } from '../domain/actors.ts';
import type { Actor } from '../domain/organisation.ts';
import { changeOrganisation, requireOwn } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/**
 * An agency changes what an actor may do. When a role is taken away, nothing is done under it from the answer on.
 * @throws PERMISSION_DENIED, NOT_FOUND, INVALID_ARGUMENT, STATE_FORBIDS, VERSION_CONFLICT
 */
export async function setActorRoles(
  registry: Registry,
  by: By,
  { agency, actor }: { readonly agency: AgencyId; readonly actor: ActorId },
  roles: readonly Role[],
  expectedVersion: number,
): Promise<Actor> {
  requireOwn(by, agency);
  let narrower = false;
  const change = await changeOrganisation(registry, by, agency, (stored) => {
    narrower = isNarrower(roles, stored.actors.get(actor)?.roles ?? []);
    return decideActor({ kind: 'set-roles', actor, roles, expectedVersion }, stored);
  });
  await (narrower ? registry.confirmed() : registry.published());
  return change.resource.value;
}
