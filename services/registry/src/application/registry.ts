import type { Documents, PendingEvent } from '@corridor/documents';
import type { ActorId, AgencyId, Clock } from '@corridor/kernel';
import type { Role } from '@corridor/policy';
import type { Agreement } from '../domain/agreement.ts';
import type { Change } from '../domain/change.ts';
import type { Entry } from '../domain/founding.ts';
import type { Gazetteer } from '../domain/gazetteer.ts';
import type { Group, SignEpoch } from '../domain/group.ts';
import type { NodeKey } from '../domain/node-key.ts';
import type { Organisation } from '../domain/organisation.ts';
import type { Secrets } from './secrets.ts';
import type { Throttle } from './throttle.ts';

/** The founding act. It is written once, before what it founds; `entries` are what remains to be entered. */
export interface Founding {
  /** Name of the actor it is recorded under. */
  readonly by: string;
  readonly entries: readonly Entry[];
  readonly done: boolean;
}

/** An actor as callers name it. */
export interface ActorName {
  readonly agency: AgencyId;
  readonly actor: ActorId;
  /** `agencies/{agency}/actors/{actor}`. */
  readonly name: string;
}

/** A token as issued. */
export interface IssuedToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What the use cases work on. */
export interface Registry {
  readonly organisations: Documents<Organisation>;
  readonly groups: Documents<Group>;
  readonly agreements: Documents<Agreement>;
  readonly nodeKeys: Documents<NodeKey>;
  readonly foundings: Documents<Founding>;
  readonly secrets: Secrets;
  readonly throttle: Throttle;
  readonly gazetteer: Gazetteer;
  readonly clock: Clock;
  readonly signEpoch: SignEpoch;
  /** Whether a text is the secret the node was started with; takes the same time wherever they differ. */
  isBootstrapSecret(text: string): boolean;
  issueToken(actor: ActorName): Promise<IssuedToken>;
  /** The event of a change as it is stored and published; `by` is the name of the actor, empty for the node itself. */
  eventOf(change: Change, by: string): PendingEvent;
  /** Resolves when all that was committed is in the log and this process has folded it. */
  published(): Promise<void>;
  /** Resolves when all that was committed is in the log and no replica acts on an older state any more. */
  confirmed(): Promise<void>;
}

/** Who does it: an actor of an agency. */
export interface By extends ActorName {
  readonly roles: ReadonlySet<Role>;
}
