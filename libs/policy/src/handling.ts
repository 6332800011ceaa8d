import { CorridorError, type AgencyId } from '@corridor/kernel';
import type { ActorRef, Handling, PolicyState } from './facts.ts';
import { neverFor } from './rules/purpose.ts';
import {
  CATEGORIES,
  LEGAL_BASES,
  ONWARD_SHARINGS,
  PERSONAL_DATA_LEVELS,
  PRECISIONS,
  PURPOSES,
  TLPS,
  type Category,
  type Role,
} from './vocabulary.ts';

/** Days; about ten years. */
const LONGEST_RETENTION = 3660;
const MOST_NAMED_ACTORS = 50;
const MOST_COMMUNITY_GROUPS = 20;

/** CLEAR is refused for these unless an officer attests that the content is already public. */
const PUBLIC_ONLY_IF_ATTESTED: readonly Category[] = ['asylum', 'protection', 'referral', 'trafficking'];

/** Who may attest that content is already public. */
const ATTESTING_ROLES: readonly Role[] = ['approver', 'data-protection-officer'];

/** What of an update's content its handling has to agree with. */
export interface HandlingContent {
  /** Whether any table, or the people of a rescue, is broken down by nationality. */
  readonly breakdownByNationality: boolean;
}

/** Two parts of a handling, or one part and the update, that cannot both hold. */
export interface Contradiction {
  /** Field of corridor.common.v1.Handling that has to change. */
  readonly field: string;
  /** What contradicts what, for the publisher. */
  readonly message: string;
}

/**
 * Refuses a handling that contradicts itself, the update's category or its content.
 * @throws CorridorError HANDLING_CONTRADICTORY; the message names every contradiction, `metadata.field` the first field
 * @throws CorridorError UNKNOWN_ENUM_VALUE when a value is outside its closed list
 */
export function checkHandling(handling: Handling, category: Category, content: HandlingContent, owner: AgencyId): void {
  const unknown = unknownField(handling, category);
  if (unknown !== undefined) throw new CorridorError('UNKNOWN_ENUM_VALUE', `${unknown} has an unknown value`, { field: unknown });
  const found = contradictions(handling, category, content, owner);
  const [first] = found;
  if (first === undefined) return;
  throw new CorridorError('HANDLING_CONTRADICTORY', found.map((c) => c.message).join('; '), { field: first.field });
}

/**
 * Refuses an attestation of publicity by somebody who may not attest: the actor has to exist in the owner's agency, not
 * be retired, and be an approver or data-protection officer. Without an attestation there is nothing to refuse.
 * Asked once, at publication: an attestation stays good when its officer leaves.
 * @throws CorridorError HANDLING_CONTRADICTORY
 */
export function checkAttestation(handling: Handling, owner: AgencyId, state: PolicyState): void {
  const attester = handling.publicityAttestedBy;
  if (attester === undefined || mayAttest(attester, owner, state)) return;
  throw new CorridorError(
    'HANDLING_CONTRADICTORY',
    'publicity_attested_by must name an approver or data-protection officer of the owner',
    { field: 'publicity_attested_by' },
  );
}

function mayAttest(attester: ActorRef, owner: AgencyId, state: PolicyState): boolean {
  const facts = state.actors.get(`${attester.agency}/${attester.actor}`);
  if (facts === undefined || facts.retired || attester.agency !== owner) return false;
  return facts.roles.some((role) => ATTESTING_ROLES.includes(role));
}

/** The first field whose value is outside its closed list, if any. */
export function unknownField(handling: Handling, category: Category): string | undefined {
  if (!isKnown(CATEGORIES, category)) return 'category';
  if (!isKnown(TLPS, handling.tlp)) return 'tlp';
  if (!handling.purposes.every((purpose) => isKnown(PURPOSES, purpose))) return 'purposes';
  if (!isKnown(LEGAL_BASES, handling.legalBasis)) return 'legal_basis';
  if (!isKnown(PERSONAL_DATA_LEVELS, handling.personalDataLevel)) return 'personal_data_level';
  if (!isKnown(ONWARD_SHARINGS, handling.onwardSharing)) return 'onward_sharing';
  if (!isKnown(PRECISIONS, handling.precisionLimit)) return 'precision_limit';
  return undefined;
}

const isKnown = (list: readonly unknown[], value: unknown): boolean => list.includes(value);

/** Every contradiction of a handling whose values are all known, in a fixed order. */
export function contradictions(
  handling: Handling,
  category: Category,
  content: HandlingContent,
  owner: AgencyId,
): readonly Contradiction[] {
  return [
    ...audience(handling),
    ...publicity(handling, category, content, owner),
    ...personalData(handling, category),
    ...purposes(handling, category),
    ...limits(handling),
  ];
}

function* audience(handling: Handling): Generator<Contradiction> {
  const { tlp, namedActors, communityGroups } = handling;
  if (tlp === 'red' && namedActors.length === 0) yield { field: 'named_actors', message: 'RED names nobody it is for' };
  if (tlp !== 'red' && namedActors.length > 0) yield { field: 'named_actors', message: 'only RED names actors' };
  if (tlp === 'green' && communityGroups.length === 0) yield { field: 'community_groups', message: 'GREEN names no community' };
  if (tlp !== 'green' && communityGroups.length > 0) yield { field: 'community_groups', message: 'only GREEN names a community' };
  if (namedActors.length > MOST_NAMED_ACTORS) yield { field: 'named_actors', message: `more than ${MOST_NAMED_ACTORS} named actors` };
  if (communityGroups.length > MOST_COMMUNITY_GROUPS) {
    yield { field: 'community_groups', message: `more than ${MOST_COMMUNITY_GROUPS} community groups` };
  }
  if (repeats(namedActors.map((named) => `${named.agency}/${named.actor}`))) {
    yield { field: 'named_actors', message: 'an actor is named twice' };
  }
  if (repeats(communityGroups)) yield { field: 'community_groups', message: 'a community group is named twice' };
  if ((tlp === 'red' || tlp === 'amber+strict') && handling.onwardSharing !== 'prohibited') {
    yield { field: 'onward_sharing', message: 'RED and AMBER+STRICT prohibit onward sharing' };
  }
}

function* publicity(handling: Handling, category: Category, content: HandlingContent, owner: AgencyId): Generator<Contradiction> {
  const attester = handling.publicityAttestedBy;
  if (handling.tlp !== 'clear') {
    if (attester !== undefined) yield { field: 'publicity_attested_by', message: 'only CLEAR has its publicity attested' };
    return;
  }
  if (attester === undefined) {
    if (PUBLIC_ONLY_IF_ATTESTED.includes(category)) {
      yield { field: 'tlp', message: `CLEAR is refused for ${category} unless an officer attests that it is already public` };
    }
    if (content.breakdownByNationality) {
      yield { field: 'tlp', message: 'CLEAR is refused for counts by nationality unless an officer attests that they are already public' };
    }
  } else if (attester.agency !== owner) {
    yield { field: 'publicity_attested_by', message: 'publicity is attested by somebody who is not of the owner' };
  }
}

function* personalData(handling: Handling, category: Category): Generator<Contradiction> {
  const { personalDataLevel: level, legalBasis } = handling;
  if (level === 'none' && legalBasis !== 'not-personal') {
    yield { field: 'legal_basis', message: 'personal-data level none has the legal basis not personal' };
  }
  if (level !== 'none' && legalBasis === 'not-personal') {
    yield { field: 'legal_basis', message: 'the legal basis not personal has the personal-data level none' };
  }
  if (level === 'sealed' && category !== 'referral') yield { field: 'personal_data_level', message: 'only referrals are sealed' };
  if (level !== 'sealed' && category === 'referral') yield { field: 'personal_data_level', message: 'a referral is sealed' };
  if (legalBasis === 'consent' && handling.purposes.includes('assistance')) {
    yield { field: 'legal_basis', message: 'consent is no legal basis where assistance depends on it' };
  }
}

function* purposes(handling: Handling, category: Category): Generator<Contradiction> {
  if (handling.purposes.length === 0) yield { field: 'purposes', message: 'no purpose is named' };
  if (repeats(handling.purposes)) yield { field: 'purposes', message: 'a purpose is named twice' };
  for (const purpose of handling.purposes) {
    if (neverFor(purpose, category)) yield { field: 'purposes', message: `${purpose} is refused for ${category}` };
  }
}

function* limits(handling: Handling): Generator<Contradiction> {
  const days = handling.retentionDays;
  if (!Number.isInteger(days) || days < 1 || days > LONGEST_RETENTION) {
    yield { field: 'retention_days', message: `retention is not 1-${LONGEST_RETENTION} whole days` };
  }
}

const repeats = (texts: readonly string[]): boolean => new Set(texts).size !== texts.length;
