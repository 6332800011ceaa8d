export * from './counterparties.ts';
export * from './decide.ts';
export { DENY_REASON_HELP } from './deny-reason-help.ts';
export * from './facts.ts';
export { checkAttestation, checkHandling, type HandlingContent } from './handling.ts';
export { decisionText, viewKey } from './obligations.ts';
export * from './retention.ts';
export { emptyPolicyState, evolve, evolveAll } from './state.ts';
export * from './vocabulary.ts';
