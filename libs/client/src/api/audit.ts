import { AuditServiceService as rpc } from '@corridor/contracts/audit/v1/audit';
import type { Calls } from '../transport/calls.ts';
import { unaryOf } from './unary.ts';

/** Checkpoints and proofs. */
export type Audit = ReturnType<typeof auditOf>;

/** The unary RPCs of corridor.audit.v1.AuditService over one connection. */
export function auditOf(calls: Calls) {
  const unary = unaryOf(calls);
  return {
    /** The newest published checkpoint; operators may ask for the newest of all. Every actor. */
    getCheckpoint: unary(rpc.getCheckpoint),
    /** Proves that a record is in the tree. Actors of the agency the record is about; operators any. */
    getInclusionProof: unary(rpc.getInclusionProof),
    /** Proves that a later tree extends an earlier one. Every actor. */
    getConsistencyProof: unary(rpc.getConsistencyProof),
  } as const;
}
