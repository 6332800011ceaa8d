import type { Actor, Agency, FocalPoint } from './organisation.ts';
import type { Agreement } from './agreement.ts';
import type { Group } from './group.ts';
import type { NodeKey } from './node-key.ts';

/** A resource of the registry as it stands after a change. */
export type Resource =
  | { readonly kind: 'agency'; readonly value: Agency }
  | { readonly kind: 'actor'; readonly value: Actor }
  | { readonly kind: 'focal-point'; readonly value: FocalPoint }
  | { readonly kind: 'group'; readonly value: Group }
  | { readonly kind: 'agreement'; readonly value: Agreement }
  | { readonly kind: 'node-key'; readonly value: NodeKey };

/** What happened. Recorded, so a cause once used keeps its meaning. */
export type Cause =
  | 'founding'
  | 'agency.applied'
  | 'agency.endorsed'
  | 'agency.verified'
  | 'agency.activated'
  | 'agency.suspended'
  | 'agency.resumed'
  | 'agency.withdrawn'
  | 'agency.key-added'
  | 'agency.key-revoked'
  | 'actor.added'
  | 'actor.roles-set'
  | 'actor.retired'
  | 'actor.secret-replaced'
  | 'focal-point.set'
  | 'group.created'
  | 'group.member-added'
  | 'group.member-removed'
  | 'group.closed'
  | 'agreement.drafted'
  | 'agreement.signed'
  | 'agreement.in-force'
  | 'agreement.suspended'
  | 'agreement.resumed'
  | 'agreement.terminated'
  | 'node-key.published';

/** An event of the registry: the whole resource after it, so that a reader needs no history. */
export interface ChangeOf<R extends Resource> {
  readonly cause: Cause;
  /** Why, as the actor stated it, where the command takes a reason. */
  readonly reason?: string;
  readonly resource: R;
}

/** A change of a resource of one of some kinds. */
export type Change<Kind extends Resource['kind'] = Resource['kind']> = ChangeOf<Extract<Resource, { readonly kind: Kind }>>;
