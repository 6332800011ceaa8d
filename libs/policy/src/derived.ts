import type { Handling, Obligations } from './facts.ts';
import { coarser, stricter } from './obligations.ts';
import { LEGAL_BASES, PERSONAL_DATA_LEVELS, PRECISIONS, TLPS, type LegalBasis, type PersonalDataLevel } from './vocabulary.ts';

/**
 * The handling of what is derived from several things: at least as strict as that of each. Strictest label, common
 * purposes, highest personal-data level, shortest retention, strictest onward sharing, coarsest precision, and of the
 * labels that name actors or communities the common ones. Where nothing is left in common it admits nobody: it is RED
 * and names no actor, which every decision refuses.
 *
 * What a label cannot say (AMBER derived from AMBER and GREEN still keeps to the community of the GREEN one) follows
 * from deciding about each source as well.
 * @param first that of what is made, whose attestation counts should all of it be CLEAR
 * @param sources those of what it is made from
 */
export function derivedHandling(first: Handling, sources: readonly Handling[]): Handling {
  const all = [first, ...sources];
  const tlp = TLPS.find((label) => all.some((handling) => handling.tlp === label)) ?? 'red';
  const personalDataLevel = all.map((handling) => handling.personalDataLevel).reduce(higher);
  const legalBasis = strictestBasis(all, personalDataLevel);
  const common = first.purposes.filter((purpose) => sources.every(({ purposes }) => purposes.includes(purpose)));
  // Consent is no legal basis where assistance depends on it.
  const purposes = legalBasis === 'consent' ? common.filter((purpose) => purpose !== 'assistance') : common;
  const namedActors = tlp === 'red' ? commonOf(all.filter((h) => h.tlp === 'red').map((h) => h.namedActors), ({ agency, actor }) => `${agency}/${actor}`) : [];
  const communityGroups = tlp === 'green' ? commonOf(all.filter((h) => h.tlp === 'green').map((h) => h.communityGroups), (group) => group) : [];
  const derived: Handling = {
    tlp,
    purposes,
    legalBasis,
    personalDataLevel,
    retentionDays: Math.min(...all.map((handling) => handling.retentionDays)),
    onwardSharing: tlp === 'red' || tlp === 'amber+strict' ? 'prohibited' : all.map((handling) => handling.onwardSharing).reduce(stricter),
    precisionLimit: all.map((handling) => handling.precisionLimit).reduce(coarser),
    namedActors,
    communityGroups,
    ...(tlp === 'clear' && first.publicityAttestedBy !== undefined && { publicityAttestedBy: first.publicityAttestedBy }),
  };
  const isForSomebody = purposes.length > 0 && (tlp !== 'red' || namedActors.length > 0) && (tlp !== 'green' || communityGroups.length > 0);
  return isForSomebody ? derived : forNobody(derived, first);
}

const forNobody = (derived: Handling, { purposes }: Handling): Handling => ({
  ...derived,
  tlp: 'red',
  purposes: derived.purposes.length > 0 ? derived.purposes : purposes,
  onwardSharing: 'prohibited',
  namedActors: [],
  communityGroups: [],
});

/**
 * Whether what was computed from one view shows nothing that another view of the same thing hides: whoever has the
 * other view may be told of it.
 * @param reader the view of whoever would be told
 * @param computed the view it was computed from
 * @param precision how fine a place it names
 */
export function mayBeTold(reader: Obligations, computed: Obligations, precision: Obligations['precision']): boolean {
  const hidden = new Set(computed.firewall);
  return (
    (reader.firewall ?? []).every((nationality) => hidden.has(nationality)) &&
    (reader.form === 'exact' || computed.form === 'masked') &&
    PRECISIONS.indexOf(reader.precision) >= PRECISIONS.indexOf(precision)
  );
}

const higher = (a: PersonalDataLevel, b: PersonalDataLevel): PersonalDataLevel =>
  PERSONAL_DATA_LEVELS.indexOf(a) >= PERSONAL_DATA_LEVELS.indexOf(b) ? a : b;

/** The first that any of them names, in the order of the list, of which consent is the one that is most easily withdrawn. */
function strictestBasis(all: readonly Handling[], level: PersonalDataLevel): LegalBasis {
  if (level === 'none') return 'not-personal';
  return LEGAL_BASES.find((basis) => basis !== 'not-personal' && all.some(({ legalBasis }) => legalBasis === basis)) ?? 'public-interest';
}

/** What stands in every list. */
function commonOf<T>(lists: readonly (readonly T[])[], keyOf: (value: T) => string): readonly T[] {
  const [first = [], ...others] = lists;
  const keys = others.map((list) => new Set(list.map(keyOf)));
  return first.filter((value) => keys.every((of) => of.has(keyOf(value))));
}
