import { Router } from 'express';
import type { Clock } from '@corridor/kernel';
import { OPERATOR_AGENCY, type PolicyView } from '@corridor/runtime';
import type { Condition } from '../node/condition.ts';
import type { Identities, Session } from '../session/identity.ts';

export interface StatusParts {
  readonly conditions: () => readonly Condition[];
  readonly identities: Identities;
  readonly policy: Pick<PolicyView, 'state'>;
  readonly clock: Clock;
}

/** `/status`: the parts of the node and whether each works; why one does not is for operators. */
export function statusRoute({ conditions, identities, policy, clock }: StatusParts): Router {
  const router = Router();
  router.get('/status', (request, response) => {
    const { session } = identities.of(request);
    const reasons = session !== undefined && isOperator(policy, session);
    const parts = conditions().map(({ name, unwell }) => ({ name, state: stateOf(unwell), ...(reasons && unwell !== undefined ? { reason: unwell } : {}) }));
    const down = parts.some(({ state }) => state === 'down');
    response.json({ state: down ? 'down' : 'up', time: new Date(clock.now()).toISOString(), parts });
  });
  return router;
}

const stateOf = (unwell: string | undefined): 'up' | 'down' => (unwell === undefined ? 'up' : 'down');

/** As far as is known: a node that cannot confirm its policy state has to say so to somebody. */
function isOperator({ state }: Pick<PolicyView, 'state'>, { agency, actor }: Session): boolean {
  const facts = state.actors.get(`${agency}/${actor}`);
  return agency === OPERATOR_AGENCY && facts?.retired === false && facts.roles.includes('operator');
}
