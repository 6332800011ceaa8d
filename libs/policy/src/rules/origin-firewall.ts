import type { AgencyFacts, Clause, Contains, PolicyState, Question } from '../facts.ts';
import { AGENCY_KINDS } from '../vocabulary.ts';
import { isPlace } from './place.ts';
import { deny, pass, type Verdict } from './verdict.ts';

/** Whose nationals the recipient may never be shown. */
export interface Firewall {
  /** ISO 3166-1 alpha-3, sorted, each once; empty for recipients that stand behind no State. */
  readonly nationalities: readonly string[];
  /** A body of member States: a clause that binds its secretariat not to pass data on lifts the firewall. */
  readonly liftedBySecretariat: boolean;
}

/**
 * Rule 6, the origin firewall: an authority of State X, or a body X is a member of, never receives any count about
 * nationals of X. Where it is not known which State that is, nothing goes out. What is CLEAR skips it.
 */
export function originFirewall(question: Question, state: PolicyState, contains: Contains): Verdict<Firewall> {
  const recipient = state.agencies.get(question.recipient.agency);
  if (recipient === undefined || !AGENCY_KINDS.includes(recipient.kind)) return deny('ORIGIN_FIREWALL');
  const states = statesBehind(recipient);
  const unknown = states.some((country) => !isCountry(country, contains));
  if (unknown || (states.length === 0 && hasStatesBehind(recipient))) return deny('ORIGIN_FIREWALL');
  return pass({ nationalities: [...new Set(states)].sort(), liftedBySecretariat: recipient.kind === 'regional-body' });
}

/** The firewall of a view under a clause: the nationalities never shown, or undefined when none applies. */
export function firewallUnder(firewall: Firewall, clause: Clause): readonly string[] | undefined {
  if (firewall.nationalities.length === 0) return undefined;
  return firewall.liftedBySecretariat && clause.secretariatBound ? undefined : firewall.nationalities;
}

const hasStatesBehind = (agency: AgencyFacts): boolean => agency.kind === 'state-authority' || agency.kind === 'regional-body';

function statesBehind(agency: AgencyFacts): readonly string[] {
  switch (agency.kind) {
    case 'state-authority':
      return agency.country === undefined ? [] : [agency.country];
    case 'regional-body':
      return agency.memberStates;
    case 'un-agency':
    case 'ngo':
    case 'mission':
      return [];
  }
}

/** A code that the gazetteer does not know would match no row's nationality, and so hide nothing. */
const isCountry = (code: string, contains: Contains): boolean => /^[A-Z]{3}$/.test(code) && isPlace(code, contains);
