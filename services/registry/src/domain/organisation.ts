import type { ActorId, AgencyId } from '@corridor/kernel';
import type { AgencyKind, AgencyState, FocalPointFacts, Role } from '@corridor/policy';
import type { Change } from './change.ts';
import type { SigningKey } from './signing-key.ts';

/** An organisation that takes part. */
export interface Agency {
  readonly id: AgencyId;
  /** From 1. */
  readonly version: number;
  readonly displayName: string;
  readonly kind: AgencyKind;
  /** ISO 3166-1 alpha-3; State authorities only. */
  readonly country?: string;
  /** ISO 3166-1 alpha-3; regional bodies only. */
  readonly memberStates: readonly string[];
  /** Place ids. */
  readonly areas: readonly string[];
  readonly state: AgencyState;
  readonly endorsedBy: readonly AgencyId[];
  readonly signingKeys: readonly SigningKey[];
}

/** A person or client program of an agency. */
export interface Actor {
  readonly agency: AgencyId;
  readonly id: ActorId;
  /** From 1. */
  readonly version: number;
  readonly roles: readonly Role[];
  readonly retired: boolean;
  /** Which document holds the hash of its secret; never leaves the registry. */
  readonly secretId: string;
}

/** A duty of an agency for a theme and area: the fact that others know of it is all there is. */
export type FocalPoint = FocalPointFacts;

/**
 * One unit of consistency: an agency with its actors and focal points, so that "the last administrator stays" and "a
 * holder is an actor of the agency" are decided on one state and stored in one write.
 */
export interface Organisation {
  readonly id: AgencyId;
  /** Absent in the organisation `operator` alone: it runs the node and takes no part in the exchange. */
  readonly agency?: Agency;
  readonly actors: ReadonlyMap<ActorId, Actor>;
  readonly focalPoints: ReadonlyMap<string, FocalPoint>;
}

/** The changes of an organisation. */
export type OrganisationChange = Change<'agency' | 'actor' | 'focal-point'>;

/** The organisation that runs the node. No agency can take this id. */
export const OPERATOR = 'operator';

/** An organisation before its first change. */
export const emptyOrganisation = (id: AgencyId): Organisation => ({ id, actors: new Map(), focalPoints: new Map() });

/** The organisation after a change. */
export function evolve(organisation: Organisation, { resource }: OrganisationChange): Organisation {
  switch (resource.kind) {
    case 'agency':
      return { ...organisation, agency: resource.value };
    case 'actor':
      return { ...organisation, actors: new Map(organisation.actors).set(resource.value.id, resource.value) };
    case 'focal-point':
      return { ...organisation, focalPoints: new Map(organisation.focalPoints).set(resource.value.id, resource.value) };
  }
}
