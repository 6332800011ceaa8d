import type { Clause, Contains, PolicyState, Question } from '../facts.ts';
import { agreementsBetween } from '../lookup.ts';
import { anyContains } from './place.ts';
import { deny, nextOf, pass, type Verdict } from './verdict.ts';

/**
 * Rule 3: an agreement in force binds owner and recipient, with a clause that permits category, purpose, area and level,
 * and none that prohibits. The facts are all permitting clauses. A prohibition in any agreement in force between both
 * beats every permission; that of a suspended one goes on, since a suspension takes away and never gives. An area that cannot be decided counts as prohibited in a prohibition and as not permitted in a
 * permission.
 */
export function agreement(question: Question, state: PolicyState, now: number, contains: Contains): Verdict<readonly Clause[]> {
  const between = agreementsBetween(state, question.class.owner, question.recipient.agency);
  const signed = between.filter((candidate) => candidate.state === 'in-force' || candidate.state === 'suspended');
  const validUntil = nextOf(signed.flatMap((candidate) => [candidate.effectiveFrom, candidate.expiresAt]), now);
  const effective = signed.filter((candidate) => candidate.effectiveFrom <= now && now < candidate.expiresAt);
  const inForce = effective.filter((candidate) => candidate.state === 'in-force');
  if (inForce.length === 0) return deny('NO_AGREEMENT', validUntil);

  const about = (agreements: typeof effective): readonly Clause[] =>
    agreements.flatMap((candidate) => candidate.clauses).filter((clause) => concerns(clause, question, state));
  const prohibitions = about(effective).filter((clause) => clause.effect === 'prohibit').map((clause) => reaches(clause, question, contains));
  if (prohibitions.includes(true)) return deny('PROHIBITED_BY_CLAUSE', validUntil);
  if (prohibitions.includes('undecidable')) return deny('AREA_UNDECIDABLE', validUntil);

  const permissions = about(inForce).filter((clause) => clause.effect === 'permit');
  const permitting = permissions.filter((clause) => reaches(clause, question, contains) === true);
  if (permitting.length > 0) return pass(permitting, validUntil);
  const undecidable = permissions.some((clause) => reaches(clause, question, contains) === 'undecidable');
  return deny(undecidable ? 'AREA_UNDECIDABLE' : 'NO_PERMITTING_CLAUSE', validUntil);
}

/**
 * Whether a clause is about this owner, recipient, category, purpose and level. Empty lists of owners, recipients and
 * kinds mean every one; other empty lists mean every value in a prohibition and none in a permission
 * (corridor.registry.v1.Clause).
 */
function concerns(clause: Clause, question: Question, state: PolicyState): boolean {
  const { owner, category, handling } = question.class;
  const emptyMeans = clause.effect === 'prohibit';
  return (
    names(clause.owners, owner, true) &&
    names(clause.recipients, question.recipient.agency, true) &&
    names(clause.recipientKinds, state.agencies.get(question.recipient.agency)?.kind, true) &&
    names(clause.categories, category, emptyMeans) &&
    names(clause.purposes, question.purpose, emptyMeans) &&
    names(clause.levels, handling.personalDataLevel, emptyMeans)
  );
}

const names = (list: readonly unknown[], value: unknown, emptyMeans: boolean): boolean =>
  list.length === 0 ? emptyMeans : list.includes(value);

/** Whether the clause's areas contain the update's; in a prohibition no areas are all areas. */
function reaches(clause: Clause, question: Question, contains: Contains): true | false | 'undecidable' {
  if (clause.areas.length === 0) return clause.effect === 'prohibit';
  return anyContains(clause.areas, question.class.area, contains);
}
