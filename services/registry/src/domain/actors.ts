import { type ActorId, type AgencyId, checkDistinct, checkVersion, CorridorError, forbid, refuse } from '@corridor/kernel';
import type { Role } from '@corridor/policy';
import type { Cause, Change } from './change.ts';
import { OPERATOR, type Actor, type Organisation } from './organisation.ts';

/** An actor to be, whose secret is stored already. */
export interface ActorProfile {
  readonly id: ActorId;
  readonly roles: readonly Role[];
  readonly secretId: string;
}

export type ActorCommand =
  | { readonly kind: 'add-actor'; readonly actor: ActorProfile }
  | { readonly kind: 'set-roles'; readonly actor: ActorId; readonly roles: readonly Role[]; readonly expectedVersion: number }
  | { readonly kind: 'retire'; readonly actor: ActorId }
  | { readonly kind: 'replace-secret'; readonly actor: ActorId; readonly secretId: string };

const MAX_ACTORS = 2000;
const OPERATOR_ROLES: readonly Role[] = ['operator', 'administrator'];

/**
 * The first actor of an organisation: its administrator, or the operator.
 * @throws INVALID_ARGUMENT naming the field under `field`
 */
export function firstActor(agency: AgencyId, profile: ActorProfile, field: string): Actor {
  const needed: Role = agency === OPERATOR ? 'operator' : 'administrator';
  if (!profile.roles.includes(needed)) refuse(`${field}.roles`, `must contain the role ${needed}`);
  return newActor(agency, profile, `${field}.roles`);
}

/**
 * Changes the actors of an organisation. An actor id is never reused, so that a record names one person for good; the
 * last administrator (in the organisation `operator` the last operator) stays, so that nobody is locked out.
 * @throws INVALID_ARGUMENT, ALREADY_EXISTS, NOT_FOUND, STATE_FORBIDS, VERSION_CONFLICT
 */
export function decideActor(command: ActorCommand, organisation: Organisation): Change<'actor'> {
  if (command.kind === 'add-actor') {
    if (organisation.actors.has(command.actor.id)) {
      throw new CorridorError('ALREADY_EXISTS', 'the id belongs to another actor of the agency', { field: 'actor.actor_id' });
    }
    if (organisation.actors.size >= MAX_ACTORS) forbid(`an agency has at most ${MAX_ACTORS} actors`);
    return { cause: 'actor.added', resource: { kind: 'actor', value: newActor(organisation.id, command.actor, 'actor.roles') } };
  }
  const actor = organisation.actors.get(command.actor);
  if (actor === undefined) throw new CorridorError('NOT_FOUND', 'the agency has no actor of this id', { field: 'name' });
  if (actor.retired) forbid('the actor is retired');
  switch (command.kind) {
    case 'set-roles': {
      checkVersion(command.expectedVersion, actor.version);
      const roles = checkRoles(organisation.id, command.roles, 'roles');
      for (const role of actor.roles) if (!roles.includes(role)) keepLast(role, actor, organisation);
      return changed('actor.roles-set', { ...actor, roles });
    }
    case 'retire':
      for (const role of actor.roles) keepLast(role, actor, organisation);
      return changed('actor.retired', { ...actor, retired: true });
    case 'replace-secret':
      return changed('actor.secret-replaced', { ...actor, secretId: command.secretId });
  }
}

/** Whether some role that `before` had is gone in `after`. */
export const isNarrower = (after: readonly Role[], before: readonly Role[]): boolean => before.some((role) => !after.includes(role));

const newActor = (agency: AgencyId, { id, roles, secretId }: ActorProfile, field: string): Actor => ({
  agency,
  id,
  version: 1,
  roles: checkRoles(agency, roles, field),
  retired: false,
  secretId,
});

const changed = (cause: Cause, actor: Actor): Change<'actor'> => ({
  cause,
  resource: { kind: 'actor', value: { ...actor, version: actor.version + 1 } },
});

function checkRoles(agency: AgencyId, roles: readonly Role[], field: string): readonly Role[] {
  if (roles.length === 0) refuse(field, 'must name at least one role');
  checkDistinct(roles, roles.length, field);
  if (agency === OPERATOR) {
    if (roles.some((role) => !OPERATOR_ROLES.includes(role))) refuse(field, 'of an operator may be operator and administrator only');
  } else if (roles.includes('operator')) {
    refuse(field, 'contains operator, which exists in the agency `operator` only');
  }
  return roles;
}

function keepLast(role: Role, actor: Actor, organisation: Organisation): void {
  if (role !== 'administrator' && role !== 'operator') return;
  if (organisation.agency?.state === 'withdrawn') return;
  const others = [...organisation.actors.values()].some(
    (other) => other.id !== actor.id && !other.retired && other.roles.includes(role),
  );
  if (!others) forbid(`the agency needs at least one ${role}; give the role to another actor first`);
}
