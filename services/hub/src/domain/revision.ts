import type { PolicyRevision } from '@corridor/policy';

/** Whether `a` knows of something that `b` does not. */
export const isNewer = (a: PolicyRevision, b: PolicyRevision): boolean => a.registry > b.registry || a.consents > b.consents;

/** Whether two revisions are the same. */
export const isSame = (a: PolicyRevision, b: PolicyRevision): boolean => a.registry === b.registry && a.consents === b.consents;
