import type { Role } from '@corridor/policy';
import type { CallerContext } from './rpc.ts';

interface Guarded<Req, Res> {
  readonly roles: 'every actor' | readonly Role[];
  readonly unary: (request: Req, context: CallerContext) => Promise<Res>;
}

/** A unary method for actors of active agencies who have one of the roles. */
export const allow = <Req, Res>(roles: Guarded<Req, Res>['roles'], unary: Guarded<Req, Res>['unary']): Guarded<Req, Res> => ({
  roles,
  unary,
});

/** A unary method for actors who have one of the roles, also of agencies that are not active. */
export const allowWhileInactive = <Req, Res>(
  roles: Guarded<Req, Res>['roles'],
  unary: Guarded<Req, Res>['unary'],
): Guarded<Req, Res> & { readonly whileInactive: true } => ({ roles, unary, whileInactive: true });
