import type { Question } from '../facts.ts';
import { NEVER_IMPLIED_PURPOSES, type Category, type Purpose } from '../vocabulary.ts';
import { holds, type Verdict } from './verdict.ts';

const NEVER_IMPLIED: readonly Purpose[] = NEVER_IMPLIED_PURPOSES;
const PROTECTED_FROM_THEM: readonly Category[] = ['asylum', 'protection', 'referral'];

/** Whether a purpose is refused for a category: border management, law enforcement and return never see these. */
export const neverFor = (purpose: Purpose, category: Category): boolean =>
  NEVER_IMPLIED.includes(purpose) && PROTECTED_FROM_THEM.includes(category);

/** Rule 5: the declared purpose is among the update's purposes. What is CLEAR skips it. */
export const purpose = (question: Question): Verdict =>
  holds(question.class.handling.purposes.includes(question.purpose), 'PURPOSE_NOT_ALLOWED');

/** Border management, law enforcement and return are refused for asylum, protection and referral, even where public. */
export const purposeFitsCategory = (question: Question): Verdict =>
  holds(!neverFor(question.purpose, question.class.category), 'PURPOSE_NEVER_FOR_CATEGORY');
