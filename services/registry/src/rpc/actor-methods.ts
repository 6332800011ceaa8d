import { allow, allowWhileInactive, expectedVersionFrom, paged, parseAgencyName, wire } from '@corridor/runtime';
import { addActor } from '../application/add-actor.ts';
import { issueToken } from '../application/issue-token.ts';
import { listActors, listFocalPoints } from '../application/read.ts';
import { retireActor } from '../application/retire-actor.ts';
import { setActorRoles } from '../application/set-actor-roles.ts';
import { setActorSecret } from '../application/set-actor-secret.ts';
import { setFocalPoint } from '../application/set-focal-point.ts';
import { actorMessage, focalPointMessage } from '../messages.ts';
import { actorNameFrom, actorToBeFrom, focalPointFrom } from './requests.ts';
import type { Served, Some } from './served.ts';

type ActorMethods = Some<
  | 'issueToken'
  | 'addActor'
  | 'setActorRoles'
  | 'retireActor'
  | 'setActorSecret'
  | 'listActors'
  | 'setFocalPoint'
  | 'listFocalPoints'
>;

/** Actors, their tokens, and the duties they hold. */
export const actorMethods = (served: () => Served): ActorMethods => ({
  issueToken: {
    roles: 'anyone',
    unary: async ({ actor, secret }) => {
      const { token, expiresAt } = await issueToken(served().registry, actorNameFrom(actor, 'actor'), secret);
      return { token, expireTime: new Date(expiresAt) };
    },
  },
  addActor: allow(['administrator'], async ({ agency, actor }, { caller }) => {
    const id = parseAgencyName(agency, 'agency');
    return { actor: actorMessage(await addActor(served().registry, caller, id, actorToBeFrom(actor, 'actor'))) };
  }),
  setActorRoles: allow(['administrator'], async ({ name, roles, expectedVersion }, { caller }) => {
    const wanted = wire.role.allFrom(roles, 'roles');
    const expected = expectedVersionFrom(expectedVersion);
    return { actor: actorMessage(await setActorRoles(served().registry, caller, actorNameFrom(name, 'name'), wanted, expected)) };
  }),
  retireActor: allowWhileInactive(['administrator'], async ({ name }, { caller }) => ({
    actor: actorMessage(await retireActor(served().registry, caller, actorNameFrom(name, 'name'))),
  })),
  setActorSecret: allowWhileInactive('every actor', async ({ name, secret }, { caller }) => ({
    actor: actorMessage(await setActorSecret(served().registry, caller, actorNameFrom(name, 'name'), secret)),
  })),
  listActors: allowWhileInactive(['administrator'], async (request, { caller }) => {
    const { registry, pageTokens } = served();
    const agency = parseAgencyName(request.agency, 'agency');
    const list = { list: 'ListActors', caller: caller.name, parent: agency };
    const { items, nextPageToken } = await paged(pageTokens, list, request, (after, limit) =>
      listActors(registry, caller, agency, after, limit),
    );
    return { actors: items.map(actorMessage), nextPageToken };
  }),
  setFocalPoint: allow(['administrator'], async ({ focalPoint }, { caller }) => ({
    focalPoint: focalPointMessage(await setFocalPoint(served().registry, caller, focalPointFrom(focalPoint))),
  })),
  listFocalPoints: allowWhileInactive('every actor', async (request, { caller }) => {
    const { registry, pageTokens } = served();
    const agency = parseAgencyName(request.agency, 'agency');
    const list = { list: 'ListFocalPoints', caller: caller.name, parent: agency };
    const { items, nextPageToken } = await paged(pageTokens, list, request, (after, limit) =>
      listFocalPoints(registry, agency, after, limit),
    );
    return { focalPoints: items.map(focalPointMessage), nextPageToken };
  }),
});
