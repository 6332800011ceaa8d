import { canonicalJson, fromUtf8 } from '@corridor/kernel';
import type { Decision, Handling, Obligations } from './facts.ts';
import { ONWARD_SHARINGS, PRECISIONS, type OnwardSharing, type Precision } from './vocabulary.ts';

/** The coarser of two precisions. */
export const coarser = (a: Precision, b: Precision): Precision => (PRECISIONS.indexOf(a) <= PRECISIONS.indexOf(b) ? a : b);

/** The stricter of two terms for onward sharing. */
export const stricter = (a: OnwardSharing, b: OnwardSharing): OnwardSharing =>
  ONWARD_SHARINGS.indexOf(a) <= ONWARD_SHARINGS.indexOf(b) ? a : b;

/** The handling a recipient must keep: never looser than the owner's, as strict as the agreement asks. */
export const tightened = (handling: Handling, obligations: Obligations): Handling => ({
  ...handling,
  retentionDays: Math.min(handling.retentionDays, obligations.retentionDays),
  onwardSharing: stricter(handling.onwardSharing, obligations.onwardSharing),
  precisionLimit: coarser(handling.precisionLimit, obligations.precision),
});

/**
 * How much each obligation gives, one number each, more is wider, the weightiest first: exact before masked, no firewall
 * before one, breakdowns, finer places, freer onward sharing, longer retention, no watermark. Comparing these lists from
 * left to right is the fixed order in which the best of several grants is chosen.
 */
const generosity = (obligations: Obligations): readonly number[] => [
  obligations.form === 'exact' ? 1 : 0,
  -(obligations.firewall?.length ?? 0),
  obligations.withoutBreakdown ? 0 : 1,
  PRECISIONS.indexOf(obligations.precision),
  ONWARD_SHARINGS.indexOf(obligations.onwardSharing),
  obligations.retentionDays,
  obligations.watermark === undefined ? 1 : 0,
];

/** Positive when `a` gives more than `b` in the fixed order of `generosity`, negative when less, 0 when they are equal. */
export function compareGenerosity(a: Obligations, b: Obligations): number {
  const other = generosity(b);
  const differences = generosity(a).map((given, index) => given - (other[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** The name of a view: canonical JSON (RFC 8785) of the obligations. Equal obligations, equal keys, equal bytes shown. */
export const viewKey = (obligations: Obligations): string => fromUtf8(canonicalJson(obligations));

/** A decision for the record: canonical JSON (RFC 8785); `validUntil` is null when time alone never changes it. */
export const decisionText = (decision: Decision): string =>
  fromUtf8(canonicalJson({ ...decision, validUntil: decision.validUntil === Infinity ? null : decision.validUntil }));
