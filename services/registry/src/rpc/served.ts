import type { RegistryServiceService } from '@corridor/contracts/registry/v1/registry';
import type { Role } from '@corridor/policy';
import type { CallerContext, Methods, NodeAead } from '@corridor/runtime';
import type { Registry } from '../application/registry.ts';

/** What the methods work on; both are there once the service has started. */
export interface Served {
  readonly registry: Registry;
  readonly pageTokens: NodeAead;
}

/** Some of the methods of the service. */
export type Some<Name extends keyof typeof RegistryServiceService> = Pick<Methods<typeof RegistryServiceService>, Name>;

interface Guarded<Req, Res> {
  readonly roles: 'every actor' | readonly Role[];
  readonly unary: (request: Req, context: CallerContext) => Promise<Res>;
}

/** A method for actors of active agencies who have one of the roles. */
export const allow = <Req, Res>(
  roles: Guarded<Req, Res>['roles'],
  unary: Guarded<Req, Res>['unary'],
): Guarded<Req, Res> => ({ roles, unary });

/** A method for actors who have one of the roles, also of agencies that are not active. */
export const allowWhileInactive = <Req, Res>(
  roles: Guarded<Req, Res>['roles'],
  unary: Guarded<Req, Res>['unary'],
): Guarded<Req, Res> & { readonly whileInactive: true } => ({ roles, unary, whileInactive: true });
