import { type ActorId, CorridorError } from '@corridor/kernel';
import type { Organisation } from '../domain/organisation.ts';
import type { ActorName, IssuedToken, Registry } from './registry.ts';

/**
 * Gives a token to an actor who proves its secret. An unknown agency or actor, a retired one, one of a withdrawn agency
 * and a wrong secret cost the same work and get the same answer.
 * @throws UNAUTHENTICATED, RATE_LIMITED, INVALID_ARGUMENT
 */
export async function issueToken(registry: Registry, actor: ActorName, secret: string): Promise<IssuedToken> {
  registry.secrets.check(secret, 'secret');
  registry.throttle.take(actor.name);
  const proven = await proves(registry, actor, secret).catch((error: unknown) => {
    registry.throttle.giveBack(actor.name);
    throw error;
  });
  if (!proven) throw new CorridorError('UNAUTHENTICATED', 'there is no such actor with this secret');
  registry.throttle.giveBack(actor.name);
  return registry.issueToken(actor);
}

async function proves(registry: Registry, { agency, actor }: ActorName, secret: string): Promise<boolean> {
  const organisation = (await registry.organisations.get(agency))?.doc;
  return registry.secrets.matches(organisation === undefined ? undefined : secretIdOf(organisation, actor), secret);
}

/** Which secret lets an actor in; undefined when nothing does. */
function secretIdOf({ agency, actors }: Organisation, id: ActorId): string | undefined {
  const actor = actors.get(id);
  if (actor === undefined || actor.retired || agency?.state === 'withdrawn') return undefined;
  return actor.secretId;
}
