import type { DenyReason } from '../facts.ts';

/**
 * What one rule says: it passes, with the facts it found, or denies, with its reason. `validUntil` is the first moment
 * (ms since the epoch) at which time alone may change what it says; Infinity when none.
 */
export type Verdict<Facts = undefined> =
  | { readonly pass: true; readonly facts: Facts; readonly validUntil: number }
  | { readonly pass: false; readonly reason: DenyReason; readonly validUntil: number };

/** A rule that holds. */
export const pass = <Facts>(facts: Facts, validUntil = Infinity): Verdict<Facts> => ({ pass: true, facts, validUntil });

/** A rule that does not hold. */
export const deny = (reason: DenyReason, validUntil = Infinity): Verdict<never> => ({ pass: false, reason, validUntil });

/** A rule without facts: it holds or gives its reason. */
export const holds = (condition: boolean, reason: DenyReason, validUntil = Infinity): Verdict =>
  condition ? pass(undefined, validUntil) : deny(reason, validUntil);

/** The earliest of the moments that still lie ahead; Infinity when none does. */
export const nextOf = (moments: readonly number[], now: number): number =>
  moments.reduce((next, moment) => (moment > now && moment < next ? moment : next), Infinity);
