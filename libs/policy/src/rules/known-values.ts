import type { AgencyFacts, Clause, PolicyState, Question } from '../facts.ts';
import { contradictions, unknownField } from '../handling.ts';
import { agreementsBetween } from '../lookup.ts';
import {
  AGENCY_KINDS,
  AGENCY_STATES,
  AGREEMENT_STATES,
  CATEGORIES,
  CLAUSE_EFFECTS,
  ONWARD_SHARINGS,
  PERSONAL_DATA_LEVELS,
  PRECISIONS,
  PURPOSES,
} from '../vocabulary.ts';
import { holds, type Verdict } from './verdict.ts';

/**
 * An unknown label or enum value denies: in the question, in the facts about owner and recipient, and in an agreement
 * between them, where what cannot be read might be a prohibition. Edges refuse such values; this is the second door.
 */
export function knownValues(question: Question, state: PolicyState): Verdict {
  const { owner, category, handling } = question.class;
  return holds(
    unknownField(handling, category) === undefined &&
      isKnown(PURPOSES, question.purpose) &&
      knownAgency(state.agencies.get(owner)) &&
      knownAgency(state.agencies.get(question.recipient.agency)),
    'UNKNOWN_VALUE',
  );
}

/** The same for the agreements between owner and recipient; drafts and ended ones say nothing and are not read. */
export function knownAgreements(question: Question, state: PolicyState): Verdict {
  const readable = agreementsBetween(state, question.class.owner, question.recipient.agency).every((candidate) => {
    if (!isKnown(AGREEMENT_STATES, candidate.state)) return false;
    return candidate.state !== 'in-force' || candidate.clauses.every(knownClause);
  });
  return holds(readable, 'UNKNOWN_VALUE');
}

/** A handling that contradicts itself or the category denies, should it ever have been let in. */
export const soundHandling = (question: Question): Verdict => {
  const { owner, category, handling } = question.class;
  return holds(contradictions(handling, category, { breakdownByNationality: false }, owner).length === 0, 'HANDLING_CONTRADICTORY');
};

/** An agency that is not there has no unknown values; that it is not there is rule 1's to say. */
const knownAgency = (agency: AgencyFacts | undefined): boolean =>
  agency === undefined || (isKnown(AGENCY_KINDS, agency.kind) && isKnown(AGENCY_STATES, agency.state));

const knownClause = (clause: Clause): boolean =>
  isKnown(CLAUSE_EFFECTS, clause.effect) &&
  areKnown(AGENCY_KINDS, clause.recipientKinds) &&
  areKnown(CATEGORIES, clause.categories) &&
  areKnown(PURPOSES, clause.purposes) &&
  areKnown(PERSONAL_DATA_LEVELS, clause.levels) &&
  isKnown(ONWARD_SHARINGS, clause.onwardSharing) &&
  isKnown(PRECISIONS, clause.highestPrecision) &&
  Number.isSafeInteger(clause.retentionDays) &&
  clause.retentionDays >= 0;

const isKnown = (list: readonly unknown[], value: unknown): boolean => list.includes(value);
const areKnown = (list: readonly unknown[], values: readonly unknown[]): boolean => values.every((value) => isKnown(list, value));
