import type { ConsentFacts, PolicyState, Question } from '../facts.ts';
import { consentsFor } from '../lookup.ts';
import { holds, nextOf, type Verdict } from './verdict.ts';

/**
 * Rule 4: a SharingConsent of the owner in force covers the recipient, the category and the purpose. One consent has to
 * cover all three; two that each cover a part do not add up. An empty list covers nothing.
 */
export function consent(question: Question, state: PolicyState, now: number): Verdict {
  const expiries = consentsFor(state, question.class.owner, question.recipient.agency)
    .filter((candidate) => covers(candidate, question))
    .map((candidate) => candidate.expiresAt);
  return holds(expiries.some((expiry) => now < expiry), 'NO_CONSENT', nextOf(expiries, now));
}

const covers = (candidate: ConsentFacts, question: Question): boolean =>
  !candidate.revoked &&
  candidate.categories.includes(question.class.category) &&
  candidate.purposes.includes(question.purpose);
