import { CorridorError, type GrpcCodeName } from '@corridor/kernel';
import { isSameRevision } from '@corridor/policy';
import type { PolicyView } from '../policy/policy-view.ts';

/** With what a caller is sent away who need not come back with the same. */
const REFUSALS: ReadonlySet<GrpcCodeName> = new Set(['INVALID_ARGUMENT', 'NOT_FOUND', 'PERMISSION_DENIED', 'FAILED_PRECONDITION']);

/**
 * Does what is asked for. What is refused, while a change was on its way that others were told of before, is done once
 * more when the change is there: whoever acts upon an answer of one process must not be refused by another that knows
 * less. A refusal leaves nothing behind but its record, so it may come twice.
 * @throws CorridorError POLICY_UNCONFIRMED when nobody can say whether there is such a change
 */
export async function refusedLate<T>(policy: Pick<PolicyView, 'revision' | 'latest'>, attempt: () => Promise<T>): Promise<T> {
  const { revision } = policy;
  try {
    return await attempt();
  } catch (error) {
    if (!REFUSALS.has(CorridorError.from(error).code)) throw error;
    const latest = await policy.latest();
    if (isSameRevision(latest.revision, revision)) throw error;
    return attempt();
  }
}
