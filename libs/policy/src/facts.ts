import type { ActorId, AgencyId, SeriesId } from '@corridor/kernel';
import type {
  AgencyKind,
  AgencyState,
  AgreementState,
  Category,
  ClauseEffect,
  LegalBasis,
  OnwardSharing,
  PersonalDataLevel,
  Precision,
  Purpose,
  Role,
  Tlp,
} from './vocabulary.ts';

/** A reference to an actor of an agency. */
export interface ActorRef {
  readonly agency: AgencyId;
  readonly actor: ActorId;
}

/** The conditions under which an update travels. */
export interface Handling {
  readonly tlp: Tlp;
  readonly purposes: readonly Purpose[];
  readonly legalBasis: LegalBasis;
  readonly personalDataLevel: PersonalDataLevel;
  /** Days from publication, 1-3660. */
  readonly retentionDays: number;
  readonly onwardSharing: OnwardSharing;
  readonly precisionLimit: Precision;
  /** RED: whom it is for; else empty. */
  readonly namedActors: readonly ActorRef[];
  /** GREEN: ids of the groups that are its community; else empty. */
  readonly communityGroups: readonly string[];
  /** CLEAR: who attests that the content is already public. */
  readonly publicityAttestedBy?: ActorRef;
}

/** Everything about an update that a decision depends on. Updates of one class are decided alike. */
export interface UpdateClass {
  readonly owner: AgencyId;
  readonly series: SeriesId;
  readonly category: Category;
  readonly handling: Handling;
  /** Id of the place in the gazetteer: country code, admin code or route id. */
  readonly area: string;
  /** The one agency the update names; every referral has one. Absent: whoever the rules admit. */
  readonly addressee?: AgencyId;
}

/** Who would receive. `actor` is set when a person asks in person (get, list, an own stream), else absent. */
export interface Recipient {
  readonly agency: AgencyId;
  readonly actor?: ActorId;
}

export interface AgencyFacts {
  readonly id: AgencyId;
  readonly version: number;
  readonly kind: AgencyKind;
  readonly state: AgencyState;
  /** ISO 3166-1 alpha-3; State authorities. */
  readonly country?: string;
  /** ISO 3166-1 alpha-3; regional bodies. */
  readonly memberStates: readonly string[];
}

export interface ActorFacts extends ActorRef {
  readonly version: number;
  readonly roles: readonly Role[];
  readonly retired: boolean;
}

/** A duty of an agency for a theme and area; who fulfils it may change, the duty stays. */
export interface FocalPointFacts {
  readonly agency: AgencyId;
  readonly id: string;
  readonly version: number;
  readonly theme: string;
  /** Id of a place of the gazetteer. */
  readonly area: string;
  readonly holder: ActorId;
  /** In the order in which they stand in. */
  readonly deputies: readonly ActorId[];
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  /** Milliseconds since the epoch, exclusive. */
  readonly validUntil: number;
  /** Until then the deputies stand in for the holder; milliseconds since the epoch, exclusive. */
  readonly absentUntil?: number;
}

export interface GroupFacts {
  readonly id: string;
  /** Version and epoch of the membership. */
  readonly version: number;
  readonly members: readonly AgencyId[];
  readonly closed: boolean;
}

/** One rule of an agreement; see corridor.registry.v1.Clause for what empty lists mean. */
export interface Clause {
  readonly id: string;
  readonly effect: ClauseEffect;
  readonly owners: readonly AgencyId[];
  readonly recipients: readonly AgencyId[];
  readonly recipientKinds: readonly AgencyKind[];
  readonly categories: readonly Category[];
  readonly purposes: readonly Purpose[];
  /** Place ids, or `WORLD`. */
  readonly areas: readonly string[];
  readonly levels: readonly PersonalDataLevel[];
  readonly exact: boolean;
  readonly onwardSharing: OnwardSharing;
  readonly highestPrecision: Precision;
  /** Days; 0: as the handling says. */
  readonly retentionDays: number;
  readonly withoutBreakdown: boolean;
  readonly secretariatBound: boolean;
  readonly watermark: boolean;
}

export interface AgreementFacts {
  readonly id: string;
  readonly version: number;
  readonly parties: readonly AgencyId[];
  /** Id of the group whose members are bound too. */
  readonly group?: string;
  readonly clauses: readonly Clause[];
  /** Milliseconds since the epoch. */
  readonly effectiveFrom: number;
  /** Milliseconds since the epoch, exclusive. */
  readonly expiresAt: number;
  readonly state: AgreementState;
}

export interface ConsentFacts {
  /** `{owner}/{consent id}`. */
  readonly id: string;
  readonly version: number;
  readonly owner: AgencyId;
  readonly recipient: { readonly kind: 'agency'; readonly id: AgencyId } | { readonly kind: 'group'; readonly id: string };
  readonly categories: readonly Category[];
  readonly purposes: readonly Purpose[];
  /** Milliseconds since the epoch, exclusive. */
  readonly expiresAt: number;
  readonly revoked: boolean;
}

/** Next offsets of corridor.registry.v1 and corridor.consents.v1: what a decision was made under. */
export interface PolicyRevision {
  readonly registry: number;
  readonly consents: number;
}

/** A change of one fact; each carries the whole fact as it stands after it. */
export type PolicyEvent =
  | { readonly kind: 'agency'; readonly fact: AgencyFacts }
  | { readonly kind: 'actor'; readonly fact: ActorFacts }
  | { readonly kind: 'focal-point'; readonly fact: FocalPointFacts }
  | { readonly kind: 'group'; readonly fact: GroupFacts }
  | { readonly kind: 'agreement'; readonly fact: AgreementFacts }
  | { readonly kind: 'consent'; readonly fact: ConsentFacts };

/**
 * Everything a decision depends on besides the class, the recipient, the purpose and the time, and whose duty it is to
 * answer. Never changed in place.
 */
export interface PolicyState {
  readonly agencies: ReadonlyMap<AgencyId, AgencyFacts>;
  /** Key: `{agency}/{actor}`. */
  readonly actors: ReadonlyMap<string, ActorFacts>;
  /** Key: `{agency}/{focal point}`. */
  readonly focalPoints: ReadonlyMap<string, FocalPointFacts>;
  readonly groups: ReadonlyMap<string, GroupFacts>;
  readonly agreements: ReadonlyMap<string, AgreementFacts>;
  readonly consents: ReadonlyMap<string, ConsentFacts>;
}

/** What the recipient must be shown and must keep: together the *view*. Equal obligations make equal bytes. */
export interface Obligations {
  readonly form: 'masked' | 'exact';
  /**
   * Nationalities that never show, sorted, never empty. Present exactly for the agreed views of State authorities and of
   * regional bodies whose secretariat no clause binds; the public view and an owner's own view have none.
   */
  readonly firewall?: readonly string[];
  readonly withoutBreakdown: boolean;
  readonly precision: Precision;
  readonly onwardSharing: OnwardSharing;
  /** Days from publication. */
  readonly retentionDays: number;
  /** The recipient, where the agreement asks for a watermark. */
  readonly watermark?: AgencyId;
}

/** The outcome for one (class, recipient, purpose) under one state at one time. */
export type Decision =
  | {
      readonly outcome: 'allow';
      readonly obligations: Obligations;
      readonly reasons: readonly AllowReason[];
      /** First moment (ms since the epoch) at which time alone may change it; Infinity when none. */
      readonly validUntil: number;
    }
  | {
      readonly outcome: 'deny';
      readonly reasons: readonly DenyReason[];
      readonly validUntil: number;
    };

export type AllowReason = 'PUBLIC' | 'AGREED_AND_CONSENTED' | 'OWN_UPDATE';

/**
 * Stable codes, in the order in which a decision gives them: the first of them that applies decides. Each tells the
 * owner what to do, see DENY_REASON_HELP; none is ever told to the recipient.
 */
export const DENY_REASONS = [
  'UNKNOWN_VALUE',
  'HANDLING_CONTRADICTORY',
  'OWNER_NOT_ACTIVE',
  'RECIPIENT_NOT_ACTIVE',
  'NOT_ADDRESSED',
  'TLP_EXCLUDES_RECIPIENT',
  'NO_AGREEMENT',
  'NO_PERMITTING_CLAUSE',
  'PROHIBITED_BY_CLAUSE',
  'AREA_UNDECIDABLE',
  'NO_CONSENT',
  'PURPOSE_NOT_ALLOWED',
  'PURPOSE_NEVER_FOR_CATEGORY',
  'ORIGIN_FIREWALL',
  'RETENTION_PASSED',
] as const;
export type DenyReason = (typeof DENY_REASONS)[number];

/** What is asked of policy. */
export interface Question {
  readonly class: UpdateClass;
  readonly recipient: Recipient;
  readonly purpose: Purpose;
  /** Milliseconds since the epoch; absent when the class as such is asked about, then no retention has begun. */
  readonly publishedAt?: number;
}

/**
 * Containment of places, answered by the gazetteer: does `outer` contain `inner`? A place of the gazetteer MUST contain
 * itself; about a place that is not in it the answer MUST be `undecidable`.
 */
export type Contains = (outer: string, inner: string) => true | false | 'undecidable';
