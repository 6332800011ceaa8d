import { CorridorError } from '@corridor/kernel';
import { decideActor } from '../domain/actors.ts';
import type { Actor } from '../domain/organisation.ts';
import { isReferredTo } from './add-actor.ts';
import { changeOrganisation, requireOwn } from './change-organisation.ts';
import type { ActorName, By, Registry } from './registry.ts';

/**
 * An actor replaces its own secret, or an administrator that of an actor of its agency.
 * @throws PERMISSION_DENIED, NOT_FOUND, INVALID_ARGUMENT, STATE_FORBIDS, RATE_LIMITED
 */
export async function setActorSecret(
  registry: Registry,
  by: By,
  { agency, actor, name }: ActorName,
  secret: string,
): Promise<Actor> {
  requireOwn(by, agency);
  if (by.name !== name && !by.roles.has('administrator')) {
    throw new CorridorError('PERMISSION_DENIED', 'only the actor itself and administrators of its agency replace its secret');
  }
  const before = (await registry.organisations.get(agency))?.doc.actors.get(actor)?.secretId;
  if (before === undefined) throw new CorridorError('NOT_FOUND', 'the agency has no actor of this id', { field: 'name' });
  const secretId = await registry.secrets.keep(secret, 'secret');
  try {
    const change = await changeOrganisation(registry, by, agency, (stored) =>
      decideActor({ kind: 'replace-secret', actor, secretId }, stored),
    );
    await registry.secrets.forget(before);
    await registry.published();
    return change.resource.value;
  } catch (error) {
    if (!(await isReferredTo(registry, agency, actor, secretId))) await registry.secrets.forget(secretId);
    throw error;
  }
}
