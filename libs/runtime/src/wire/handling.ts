import type { Handling as HandlingMessage } from '@corridor/contracts/common/v1/vocabulary';
import { CorridorError } from '@corridor/kernel';
import type { Handling } from '@corridor/policy';
import { wire } from './enums.ts';
import { actorName, groupName, parseActorName, parseGroupName } from './names.ts';
import type { Translation } from './translation.ts';

const MAX_RETENTION_DAYS = 3660;
const MAX_NAMED_ACTORS = 50;
const MAX_COMMUNITY_GROUPS = 20;

/**
 * The handling of a message. Only what stands by itself is judged here; whether its parts contradict each other is a
 * rule of the domain.
 * @throws CorridorError HANDLING_MISSING naming the part that is not stated, UNKNOWN_ENUM_VALUE, INVALID_ID,
 * INVALID_ARGUMENT
 */
export function handlingFrom(message: HandlingMessage | undefined, field = 'handling'): Handling {
  if (message === undefined) throw missing(field);
  if (message.purposes.length === 0) throw missing(`${field}.purposes`);
  if (message.retentionDays === 0) throw missing(`${field}.retention_days`);
  if (message.retentionDays > MAX_RETENTION_DAYS) throw invalid(`${field}.retention_days`, `must be 1-${MAX_RETENTION_DAYS}`);
  return {
    tlp: stated(wire.tlp, message.tlp, `${field}.tlp`),
    purposes: distinct(
      message.purposes.map((purpose, i) => stated(wire.purpose, purpose, `${field}.purposes[${i}]`)),
      `${field}.purposes`,
    ),
    legalBasis: stated(wire.legalBasis, message.legalBasis, `${field}.legal_basis`),
    personalDataLevel: stated(wire.personalDataLevel, message.personalDataLevel, `${field}.personal_data_level`),
    retentionDays: message.retentionDays,
    onwardSharing: stated(wire.onwardSharing, message.onwardSharing, `${field}.onward_sharing`),
    precisionLimit: stated(wire.precision, message.precisionLimit, `${field}.precision_limit`),
    namedActors: bounded(message.namedActors, MAX_NAMED_ACTORS, `${field}.named_actors`).map((name, i) =>
      parseActorName(name, `${field}.named_actors[${i}]`),
    ),
    communityGroups: bounded(message.communityGroups, MAX_COMMUNITY_GROUPS, `${field}.community_groups`).map((name, i) =>
      parseGroupName(name, `${field}.community_groups[${i}]`),
    ),
    ...(message.publicityAttestedBy === ''
      ? {}
      : { publicityAttestedBy: parseActorName(message.publicityAttestedBy, `${field}.publicity_attested_by`) }),
  };
}

/** The message of a handling. */
export const handlingTo = (handling: Handling): HandlingMessage => ({
  tlp: wire.tlp.to(handling.tlp),
  purposes: wire.purpose.allTo(handling.purposes),
  legalBasis: wire.legalBasis.to(handling.legalBasis),
  personalDataLevel: wire.personalDataLevel.to(handling.personalDataLevel),
  retentionDays: handling.retentionDays,
  onwardSharing: wire.onwardSharing.to(handling.onwardSharing),
  precisionLimit: wire.precision.to(handling.precisionLimit),
  namedActors: handling.namedActors.map(actorName),
  communityGroups: handling.communityGroups.map(groupName),
  publicityAttestedBy: handling.publicityAttestedBy === undefined ? '' : actorName(handling.publicityAttestedBy),
});

function stated<Literal extends string>(words: Translation<number, Literal>, value: number, field: string): Literal {
  if (value === 0) throw missing(field);
  return words.from(value, field);
}

function distinct<T>(values: readonly T[], field: string): readonly T[] {
  if (new Set(values).size !== values.length) throw invalid(field, 'must name each value once');
  return values;
}

function bounded(values: readonly string[], most: number, field: string): readonly string[] {
  if (values.length > most) throw invalid(field, `takes at most ${most}`);
  return distinct(values, field);
}

const missing = (field: string): CorridorError => new CorridorError('HANDLING_MISSING', `${field} is not stated`, { field });
const invalid = (field: string, what: string): CorridorError => new CorridorError('INVALID_ARGUMENT', `${field} ${what}`, { field });
