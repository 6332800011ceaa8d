import { canonicalJson, CorridorError, fromUtf8, refuse } from '@corridor/kernel';
import { SEVERITIES, type Severity } from '@corridor/policy';
import type { AlertStatus } from './rule.ts';
import { checkHazard } from './hazard.ts';

/** The topic of an alert. */
export interface AlertTopic {
  readonly hazard: string;
  /** Id of a place of the gazetteer. */
  readonly area: string;
  readonly severity: Severity;
}

/** Which topics a reader wants; an absent level means every value. */
export interface TopicPattern {
  readonly hazard?: string;
  /** The area, and all within it. */
  readonly area?: string;
  /** The severity, and every graver one. */
  readonly severity?: Severity;
}

/** Which alerts a reader wants. */
export interface AlertFilter {
  /** Any of them; none: every topic. */
  readonly topics: readonly TopicPattern[];
  readonly statuses: readonly AlertStatus[];
}

const MAX_TOPICS = 50;
const EVERY = '*';

/** `{hazard}/{area}/{severity}` */
export const topicText = ({ hazard, area, severity }: AlertTopic): string => `${hazard}/${area}/${severity}`;

/** `{hazard}/{area}/{severity}` with `*` for every value. */
export const patternText = ({ hazard, area, severity }: TopicPattern): string => `${hazard ?? EVERY}/${area ?? EVERY}/${severity ?? EVERY}`;

/** @throws CorridorError INVALID_ARGUMENT, UNKNOWN_PLACE naming the field */
export function parsePatterns(texts: readonly string[], isPlace: (id: string) => boolean, field: string): readonly TopicPattern[] {
  if (texts.length > MAX_TOPICS) refuse(field, `takes at most ${MAX_TOPICS}`);
  return texts.map((text, i) => parsePattern(text, isPlace, `${field}[${i}]`));
}

function parsePattern(text: string, isPlace: (id: string) => boolean, field: string): TopicPattern {
  const [hazard, area, severity, ...more] = text.split('/');
  if (hazard === undefined || area === undefined || severity === undefined || more.length > 0) {
    refuse(field, 'must have the form {hazard}/{area}/{severity}, with * for every value of a level');
  }
  if (area !== EVERY && !isPlace(area)) throw new CorridorError('UNKNOWN_PLACE', `${field} names no place of the gazetteer`, { field });
  const known = SEVERITIES.find((one) => one === severity);
  if (severity !== EVERY && known === undefined) refuse(field, `must name a severity: ${SEVERITIES.join(', ')}`);
  return {
    ...(hazard === EVERY ? {} : { hazard: checkHazard(hazard, field) }),
    ...(area === EVERY ? {} : { area }),
    ...(known === undefined ? {} : { severity: known }),
  };
}

/**
 * Whether a reader wants an alert.
 * @param gravest the gravest severity it ever had, so that who was told of it is told that it became less
 */
export function wants({ topics, statuses }: AlertFilter, status: AlertStatus, topic: AlertTopic, gravest: Severity, contains: (outer: string, inner: string) => boolean): boolean {
  if (!statuses.includes(status)) return false;
  const atLeast = (wanted: Severity): boolean => SEVERITIES.indexOf(gravest) <= SEVERITIES.indexOf(wanted);
  return (
    topics.length === 0 ||
    topics.some(
      ({ hazard, area, severity }) =>
        (hazard === undefined || hazard === topic.hazard) &&
        (area === undefined || contains(area, topic.area)) &&
        (severity === undefined || atLeast(severity)),
    )
  );
}

/** Equal for equal filters, whatever the order of their values. */
export const filterKey = ({ topics, statuses }: AlertFilter): string =>
  fromUtf8(canonicalJson({ topics: topics.map(patternText).toSorted(), statuses: statuses.toSorted() }));
