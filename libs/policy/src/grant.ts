import type { Clause, Obligations, Question } from './facts.ts';
import { coarser, compareGenerosity, stricter } from './obligations.ts';
import { firewallUnder, type Firewall } from './rules/origin-firewall.ts';

/**
 * What one permitting clause would give: the obligations of the clause alone, within the limits of the handling. An
 * exact clause outside the bounds of exact views gives the masked view.
 */
export function grantOf(clause: Clause, question: Question, firewall: Firewall): Obligations {
  const { handling } = question.class;
  const onwardSharing = stricter(clause.onwardSharing, handling.onwardSharing);
  const hidden = firewallUnder(firewall, clause);
  return {
    form: clause.exact && mayBeExact(question) && onwardSharing === 'prohibited' ? 'exact' : 'masked',
    ...(hidden !== undefined && { firewall: hidden }),
    withoutBreakdown: clause.withoutBreakdown,
    precision: coarser(clause.highestPrecision, handling.precisionLimit),
    onwardSharing,
    retentionDays: clause.retentionDays === 0 ? handling.retentionDays : Math.min(clause.retentionDays, handling.retentionDays),
    ...(clause.watermark && { watermark: question.recipient.agency }),
  };
}

/** Exact views are for rescue, reception or assistance, under RED or AMBER+STRICT. */
function mayBeExact(question: Question): boolean {
  const { category, handling } = question.class;
  const subject = category === 'rescue' || category === 'reception' || question.purpose === 'assistance';
  return subject && (handling.tlp === 'red' || handling.tlp === 'amber+strict');
}

/**
 * The best of several grants in the fixed order of `generosity`, whole: fields of two clauses are never mixed, so that
 * no combination arises that nobody agreed to. Undefined when there is none.
 */
export const bestGrant = (grants: readonly Obligations[]): Obligations | undefined =>
  grants.reduce<Obligations | undefined>(
    (best, grant) => (best === undefined || compareGenerosity(grant, best) > 0 ? grant : best),
    undefined,
  );
