import type { ActorId, AgencyId } from '@corridor/kernel';
import type { Contains, FocalPointFacts, PolicyState } from './facts.ts';

/** What a duty is about. */
export interface DutySubject {
  readonly theme: string;
  /** Id of a place of the gazetteer. */
  readonly area: string;
}

/**
 * The focal points of an agency that are valid now for a theme and whose area contains that of the subject, by their
 * ids. An area of which the gazetteer cannot say whether it contains the other imposes no duty.
 * @param now milliseconds since the epoch
 */
export const focalPointsFor = (
  { focalPoints }: PolicyState,
  agency: AgencyId,
  { theme, area }: DutySubject,
  now: number,
  contains: Contains,
): readonly FocalPointFacts[] =>
  [...focalPoints.values()]
    .filter((point) => point.agency === agency && point.theme === theme && isValid(point, now) && contains(point.area, area) === true)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));

/**
 * Whether an actor of its agency answers for a focal point now: the holder always, the deputies while the holder is
 * absent and once the duty was escalated to them. A retired actor is the caller's to refuse.
 * @param now milliseconds since the epoch
 */
export const mayAnswer = (point: FocalPointFacts, actor: ActorId, now: number, { escalated }: { readonly escalated: boolean }): boolean =>
  isValid(point, now) && (actor === point.holder || ((escalated || isAbsent(point, now)) && point.deputies.includes(actor)));

const isValid = ({ validFrom, validUntil }: FocalPointFacts, now: number): boolean => validFrom <= now && now < validUntil;

const isAbsent = ({ absentUntil }: FocalPointFacts, now: number): boolean => absentUntil !== undefined && now < absentUntil;
