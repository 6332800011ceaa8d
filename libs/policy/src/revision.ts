import type { PolicyRevision } from './facts.ts';

/** Whether `a` knows of something that `b` does not. */
export const isNewerRevision = (a: PolicyRevision, b: PolicyRevision): boolean => a.registry > b.registry || a.consents > b.consents;

/** Whether two revisions are the same. */
export const isSameRevision = (a: PolicyRevision, b: PolicyRevision): boolean => a.registry === b.registry && a.consents === b.consents;
