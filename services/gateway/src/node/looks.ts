import { CONFIRMATION_MS } from '@corridor/runtime';

/**
 * When, after a change of the policy state, is looked whether callers have taken what was decided before it, in
 * milliseconds from one look to the next.
 */

/** By then a service has sent, or dropped, what it had decided before the change. */
export const ARRIVED_MS = CONFIRMATION_MS / 2;
/** By so much later it must have left here too. */
export const LEFT_MS = (CONFIRMATION_MS * 2) / 5;
/**
 * By so much later a service that has not learnt of the change has lapsed, and has broken its streams off; what else it
 * had answered in its last moment is looked at once more.
 */
export const LAPSED_MS = CONFIRMATION_MS / 10;
