import type { PolicyState, Question } from '../facts.ts';
import { holds, type Verdict } from './verdict.ts';

/** The agency that runs the node. It never receives an update, whatever state it is registered in. */
const OPERATOR: string = 'operator';

/** Rule 1, the owner's part: the owner is active and not suspended. It holds for every recipient and label. */
export const ownerActive = (question: Question, state: PolicyState): Verdict =>
  holds(state.agencies.get(question.class.owner)?.state === 'active', 'OWNER_NOT_ACTIVE');

/** Rule 1, the recipient's part: the recipient is active and not suspended. What is CLEAR skips it. */
export const recipientActive = (question: Question, state: PolicyState): Verdict =>
  holds(state.agencies.get(question.recipient.agency)?.state === 'active', 'RECIPIENT_NOT_ACTIVE');

/** No RPC shows the operator a payload, not even a public one. */
export const notOperator = (question: Question): Verdict =>
  holds(question.recipient.agency !== OPERATOR, 'RECIPIENT_NOT_ACTIVE');
