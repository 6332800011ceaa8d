import type { ConsentFacts, PolicyState, Question } from '../facts.ts';
import { membersOf } from '../state.ts';
import { holds, nextOf, type Verdict } from './verdict.ts';

/**
 * Rule 4: a SharingConsent of the owner in force covers the recipient, the category and the purpose. One consent has to
 * cover all three; two that each cover a part do not add up. An empty list covers nothing.
 */
export function consent(question: Question, state: PolicyState, now: number): Verdict {
  const covering = [...state.consents.values()].filter((candidate) => covers(candidate, question, state));
  const inForce = covering.some((candidate) => now < candidate.expiresAt);
  return holds(inForce, 'NO_CONSENT', nextOf(covering.map((candidate) => candidate.expiresAt), now));
}

function covers(candidate: ConsentFacts, question: Question, state: PolicyState): boolean {
  return (
    !candidate.revoked &&
    candidate.owner === question.class.owner &&
    candidate.categories.includes(question.class.category) &&
    candidate.purposes.includes(question.purpose) &&
    recipientsOf(candidate, state).includes(question.recipient.agency)
  );
}

/** The agencies a consent is for; a group stands for its members of the present epoch. */
export const recipientsOf = (consent: ConsentFacts, state: PolicyState): readonly ConsentFacts['owner'][] =>
  consent.recipient.kind === 'agency' ? [consent.recipient.id] : membersOf(state, consent.recipient.id);
