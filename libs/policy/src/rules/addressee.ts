import type { Question } from '../facts.ts';
import { holds, type Verdict } from './verdict.ts';

/** An update that names one agency goes to it alone, whatever its label; a referral that names none goes to nobody. */
export function addressee(question: Question): Verdict {
  const { addressee: named, category } = question.class;
  return holds(named === undefined ? category !== 'referral' : named === question.recipient.agency, 'NOT_ADDRESSED');
}
