import type { PolicyState, Question } from '../facts.ts';
import { membersOf } from '../state.ts';
import { holds, type Verdict } from './verdict.ts';

/**
 * Rule 2: the Traffic Light Protocol label admits the recipient. RED: in person, and only who is named on the update.
 * GREEN: members of the groups that are its community. AMBER+STRICT and AMBER: the recipient organisation, which rule 3
 * binds to an agreement. CLEAR: anyone.
 */
export function tlp(question: Question, state: PolicyState): Verdict {
  return holds(admits(question, state), 'TLP_EXCLUDES_RECIPIENT');
}

function admits(question: Question, state: PolicyState): boolean {
  const { handling } = question.class;
  const { agency, actor } = question.recipient;
  switch (handling.tlp) {
    case 'red':
      return inPerson(question, state) && handling.namedActors.some((named) => named.agency === agency && named.actor === actor);
    case 'amber+strict':
    case 'amber':
    case 'clear':
      return true;
    case 'green':
      return handling.communityGroups.some((group) => membersOf(state, group).includes(agency));
  }
}

/**
 * Rule 2 for the owner of the update: its own actors made it and may read it under every label, RED only in person:
 * RED never travels by topic, webhook or feed, not even to its owner.
 */
export const tlpOfOwn = (question: Question, state: PolicyState): Verdict =>
  holds(question.class.handling.tlp !== 'red' || inPerson(question, state), 'TLP_EXCLUDES_RECIPIENT');

/** Whether an actor asks, one that the recipient agency has and has not retired. */
function inPerson(question: Question, state: PolicyState): boolean {
  const { agency, actor } = question.recipient;
  return actor !== undefined && state.actors.get(`${agency}/${actor}`)?.retired === false;
}
