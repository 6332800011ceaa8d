import type { Question } from '../facts.ts';
import { retentionEnd } from '../retention.ts';
import { holds, nextOf, pass, type Verdict } from './verdict.ts';

/**
 * Rule 7: retention has not passed.
 * @param days retention of the handling, or the shorter one of a grant
 */
export function retention(question: Question, days: number, now: number): Verdict {
  if (question.publishedAt === undefined) return pass(undefined);
  const end = retentionEnd(question.publishedAt, days);
  return holds(now < end, 'RETENTION_PASSED', nextOf([end], now));
}
