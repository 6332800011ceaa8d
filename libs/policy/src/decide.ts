import type { AllowReason, Contains, Decision, DenyReason, Obligations, PolicyState, Question } from './facts.ts';
import { bestGrant, grantOf } from './grant.ts';
import { notOperator, ownerActive, recipientActive } from './rules/active.ts';
import { addressee } from './rules/addressee.ts';
import { agreement } from './rules/agreement.ts';
import { consent } from './rules/consent.ts';
import { knownAgreements, knownValues, soundHandling } from './rules/known-values.ts';
import { originFirewall } from './rules/origin-firewall.ts';
import { purpose, purposeFitsCategory } from './rules/purpose.ts';
import { retention } from './rules/retention.ts';
import { tlp, tlpOfOwn } from './rules/tlp.ts';
import type { Verdict } from './rules/verdict.ts';

/**
 * May the recipient receive updates of the class for the purpose, under which obligations, and why. Pure: the same
 * question, state and time give the same decision, whatever the order in which the state was folded. Never throws:
 * what is unknown or undecidable is denied. docs/policy.md tells the rules.
 * @param now milliseconds since the epoch
 * @param contains containment of places, by the gazetteer
 */
export function decide(question: Question, state: PolicyState, now: number, contains: Contains): Decision {
  const readable = knownValues(question, state);
  if (!readable.pass) return outcome([readable]);
  const sound = soundHandling(question);
  if (!sound.pass) return outcome([sound]);
  if (question.recipient.agency === question.class.owner) return decideOwn(question, state, now);
  if (question.class.handling.tlp === 'clear') return decidePublic(question, state, now);
  return decideAgreed(question, state, now, contains);
}

/** The owner reads what it published, as it published it, while it is active and retention holds. */
function decideOwn(question: Question, state: PolicyState, now: number): Decision {
  const { handling } = question.class;
  const verdicts = [ownerActive(question, state), tlpOfOwn(question, state), retention(question, handling.retentionDays, now)];
  return outcome(verdicts, 'OWN_UPDATE', {
    form: 'exact',
    withoutBreakdown: false,
    precision: 'point',
    onwardSharing: handling.onwardSharing,
    retentionDays: handling.retentionDays,
  });
}

/** What is CLEAR is public: it skips the recipient's part of rule 1, and rules 3 to 6. One masked view for everybody. */
function decidePublic(question: Question, state: PolicyState, now: number): Decision {
  const { handling } = question.class;
  const verdicts = [
    ownerActive(question, state),
    notOperator(question),
    addressee(question),
    tlp(question, state),
    purposeFitsCategory(question),
    retention(question, handling.retentionDays, now),
  ];
  return outcome(verdicts, 'PUBLIC', {
    form: 'masked',
    withoutBreakdown: false,
    precision: handling.precisionLimit,
    onwardSharing: handling.onwardSharing,
    retentionDays: handling.retentionDays,
  });
}

/** Everything else: all seven rules, then the best of what the permitting clauses grant. */
function decideAgreed(question: Question, state: PolicyState, now: number, contains: Contains): Decision {
  const agreed = agreement(question, state, now, contains);
  const firewall = originFirewall(question, state, contains);
  const rules = [
    knownAgreements(question, state),
    ownerActive(question, state),
    recipientActive(question, state),
    notOperator(question),
    addressee(question),
    tlp(question, state),
    agreed,
    consent(question, state, now),
    purpose(question),
    purposeFitsCategory(question),
    firewall,
    retention(question, question.class.handling.retentionDays, now),
  ];
  if (!agreed.pass || !firewall.pass) return outcome(rules);

  const grants = agreed.facts.map((clause) => {
    const obligations = grantOf(clause, question, firewall.facts);
    return { obligations, retained: retention(question, obligations.retentionDays, now) };
  });
  // A clause may set a shorter retention: what it grants ends with it, and another clause's grant may take its place.
  const best = bestGrant(grants.filter(({ retained }) => retained.pass).map(({ obligations }) => obligations));
  const shortened = grants.map(({ retained }) => retained).filter((retained) => retained.pass || best === undefined);
  return outcome([...rules, ...shortened], 'AGREED_AND_CONSENTED', best);
}

/** Allow when every rule holds and there is something to grant; else deny with each reason once, in the rules' order. */
function outcome(verdicts: readonly Verdict<unknown>[], reason?: AllowReason, obligations?: Obligations): Decision {
  const validUntil = Math.min(...verdicts.map((verdict) => verdict.validUntil));
  const reasons = new Set<DenyReason>(verdicts.flatMap((verdict) => (verdict.pass ? [] : [verdict.reason])));
  if (reasons.size > 0 || reason === undefined || obligations === undefined) return { outcome: 'deny', reasons: [...reasons], validUntil };
  return { outcome: 'allow', obligations, reasons: [reason], validUntil };
}
