import type { AgencyId } from '@corridor/kernel';
import { decideActor } from '../domain/actors.ts';
import type { Actor } from '../domain/organisation.ts';
import { changeOrganisation, requireOwn } from './change-organisation.ts';
import type { ActorToBe } from './found-node.ts';
import type { By, Registry } from './registry.ts';

/**
 * An agency adds an actor.
 * @throws PERMISSION_DENIED, INVALID_ARGUMENT, ALREADY_EXISTS, STATE_FORBIDS, RATE_LIMITED
 */
export async function addActor(registry: Registry, by: By, id: AgencyId, { secret, ...profile }: ActorToBe): Promise<Actor> {
  requireOwn(by, id);
  const secretId = await registry.secrets.keep(secret, 'actor.secret');
  try {
    const change = await changeOrganisation(registry, by, id, (stored) =>
      decideActor({ kind: 'add-actor', actor: { ...profile, secretId } }, stored),
    );
    await registry.published();
    return change.resource.value;
  } catch (error) {
    if (!(await isReferredTo(registry, id, profile.id, secretId))) await registry.secrets.forget(secretId);
    throw error;
  }
}

/** Whether an actor's stored secret is this one: a commit may have succeeded although its caller saw an error. */
export async function isReferredTo(registry: Registry, id: AgencyId, actor: Actor['id'], secretId: string): Promise<boolean> {
  return (await registry.organisations.get(id))?.doc.actors.get(actor)?.secretId === secretId;
}
