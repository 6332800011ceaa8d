import { canonicalJson, derivedUuid, fromUtf8, type Uuid } from '@corridor/kernel';
import { NewRecommendation } from '@corridor/contracts/followup/v1/followup';
import type { Problem } from '../csv/problems.ts';

/** A recommendation of a file, of one line. */
export interface FiledRecommendation {
  readonly line: number;
  /** `meetings/{meeting}`. */
  readonly meeting: string;
  /** Its id is empty where the file states none: then it follows from its meeting and content. */
  readonly recommendation: NewRecommendation;
}

/** What a recommendation is recognised by where the file states no id: who said what about which place, under which number. */
const identity = ({ meeting, recommendation: { reference, area, recommender, text } }: FiledRecommendation): readonly string[] => [
  meeting,
  reference,
  area,
  recommender,
  text,
];
const keyOf = (values: unknown): string => fromUtf8(canonicalJson(values));
const contentOf = (filed: FiledRecommendation): string => keyOf(NewRecommendation.toJSON(filed.recommendation));

/**
 * What is wrong among the lines of a file: ids that stand twice, lines that are the same recommendation with different
 * content, and repeats in a circle.
 */
export function problemsAmong(filed: readonly FiledRecommendation[]): readonly Problem[] {
  const problems: Problem[] = [];
  const ids = new Map<string, FiledRecommendation>();
  const contents = new Map<string, FiledRecommendation>();
  for (const one of filed) {
    const { line, recommendation } = one;
    const [stated, key] = recommendation.recommendationId === '' ? [false, keyOf(identity(one))] : [true, recommendation.recommendationId];
    const seen = stated ? ids : contents;
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, one);
    else if (stated) problems.push({ line, reason: `has the id of line ${earlier.line}` });
    else if (contentOf(earlier) !== contentOf(one)) problems.push({ line, reason: `is the recommendation of line ${earlier.line} with other content` });
  }
  return [...problems, ...circles(ids)].toSorted((a, b) => a.line - b.line);
}

function circles(ids: ReadonlyMap<string, FiledRecommendation>): readonly Problem[] {
  const problems: Problem[] = [];
  for (const start of ids.values()) {
    const passed = new Set<FiledRecommendation>();
    for (let at: FiledRecommendation | undefined = start; at !== undefined && !passed.has(at); at = repeatedBy(at, ids)) {
      passed.add(at);
      if (repeatedBy(at, ids) === start) problems.push({ line: start.line, reason: 'repeats itself, by way of what it repeats' });
    }
  }
  return problems;
}

const PREFIX = 'recommendations/';

const repeatedBy = ({ recommendation }: FiledRecommendation, ids: ReadonlyMap<string, FiledRecommendation>): FiledRecommendation | undefined =>
  ids.get(recommendation.duplicateOf.slice(PREFIX.length));

/**
 * Gives each recommendation its id. One that states none gets a UUID of version 8 (RFC 9562, section 5.8): its first 48
 * bits are the time of its meeting, the others the beginning of SHA-256 over the canonical JSON of [meeting, reference,
 * area, recommender, text, how many lines before it are the same], so that the same file has the same ids in every
 * import. A line that is the same as one before it is a repeat of that one.
 * @param meetingTime milliseconds since the epoch.
 * @param sameText whether a line is also a repeat of one that says the same about the same place at the same meeting,
 *   whatever its case and blanks, by another recommender.
 */
export function identified(
  filed: readonly FiledRecommendation[],
  meetingTime: (meeting: string) => number,
  sameText = false,
): readonly FiledRecommendation[] {
  const before = new Map<string, number>();
  const firsts = new Map<string, Uuid>();
  return filed.map((one) => {
    if (one.recommendation.recommendationId !== '') return one;
    const values = identity(one);
    const count = before.get(keyOf(values)) ?? 0;
    before.set(keyOf(values), count + 1);
    const recommendationId = derivedUuid(meetingTime(one.meeting), canonicalJson([...values, count]));
    const repeat = sameText ? keyOf([one.meeting, one.recommendation.area, folded(one.recommendation.text)]) : keyOf(values);
    const first = firsts.get(repeat);
    if (first === undefined) firsts.set(repeat, recommendationId);
    const duplicateOf = one.recommendation.duplicateOf || (first === undefined ? '' : `${PREFIX}${first}`);
    return { ...one, recommendation: { ...one.recommendation, recommendationId, duplicateOf } };
  });
}

const folded = (text: string): string => text.replace(/\s+/g, ' ').trim().toLowerCase();
