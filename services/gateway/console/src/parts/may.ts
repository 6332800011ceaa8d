import type { Duty } from '../api/alerts.ts';
import type { Recommendation } from '../api/followup.ts';
import type { FocalPoint } from '../api/registry.ts';
import type { ThemeName } from '../api/vocabulary.ts';

/**
 * Whether a button is offered. The node decides whether what it does is allowed; these only keep away what would be
 * refused for certain.
 */

const isValid = ({ validFrom, validUntil }: FocalPoint, now: number): boolean => (validFrom === undefined || validFrom <= now) && (validUntil === undefined || now < validUntil);

/** The holder, and the deputies once the duty was escalated or while the holder is absent. */
export function mayAcknowledge({ state }: Pick<Duty, 'state'>, { holder, deputies, absentUntil }: Pick<FocalPoint, 'holder' | 'deputies' | 'absentUntil'>, actor: string, now: number): boolean {
  if (actor === holder) return true;
  const called = state === 'DUTY_STATE_ESCALATED' || state === 'DUTY_STATE_OVERDUE' || (absentUntil !== undefined && now < absentUntil);
  return called && deputies.includes(actor);
}

/** `THEME_LAW_ALIGNMENT` -> `law-alignment`, as focal points name it. */
const slugOf = (theme: ThemeName): string => theme.replace(/^THEME_/, '').toLowerCase().replaceAll('_', '-');

/** Who reports for an addressed agency: the focal points of one of the themes; where it has none, whoever may publish. */
export function mayReport({ themes }: Pick<Recommendation, 'themes'>, focalPoints: readonly FocalPoint[], actor: string, isPublisher: boolean, now: number): boolean {
  const slugs = themes.map(slugOf);
  const responsible = focalPoints.filter((focalPoint) => slugs.includes(focalPoint.theme) && isValid(focalPoint, now));
  const named = responsible.some(({ holder, deputies }) => actor === holder || deputies.includes(actor));
  // Which of them is responsible for the area the node knows; a publisher may be right where none of them is.
  return named || isPublisher;
}
