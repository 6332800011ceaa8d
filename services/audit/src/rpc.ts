import type { AuditServiceService } from '@corridor/contracts/audit/v1/audit';
import { CorridorError, view } from '@corridor/kernel';
import { integerFrom, positionFrom, type Methods } from '@corridor/runtime';
import { checkLog, type CheckLogPorts } from './application/check-log.ts';
import { proveConsistency, type ConsistencyPorts } from './application/prove-consistency.ts';
import { proveInclusion, type InclusionPorts } from './application/prove-inclusion.ts';
import type { PublishedCheckpoint } from './application/published.ts';

/** What the RPCs are answered from. */
export interface Served extends InclusionPorts, ConsistencyPorts, CheckLogPorts {
  /** The newest checkpoint of all. */
  newest(): Promise<PublishedCheckpoint | undefined>;
  /** The note verifier key of the checkpoints. */
  readonly verifierKey: string;
}

/** The RPCs of corridor.audit.v1.AuditService. @param served throws while the service cannot answer */
export const auditMethods = (served: () => Served): Methods<typeof AuditServiceService> => ({
  getCheckpoint: {
    roles: 'every actor',
    unary: async ({ newest }, { caller }) => {
      if (newest && !caller.roles.has('operator')) {
        throw new CorridorError('PERMISSION_DENIED', 'only operators may ask for a checkpoint that is not published');
      }
      const audit = served();
      const checkpoint = await (newest ? audit.newest() : audit.newestPublished());
      if (checkpoint === undefined) throw new CorridorError('UNAVAILABLE', 'no checkpoint has been signed yet');
      return { note: checkpoint.note, verifier: audit.verifierKey, time: new Date(checkpoint.time) };
    },
  },
  getInclusionProof: {
    roles: 'every actor',
    unary: async (request, { caller, signal }) => {
      const place = { topic: request.topic, ...positionFrom(request.position, 'position') };
      const { envelope, leaf, path, checkpoint } = await proveInclusion(served(), caller, place, signal);
      return { envelope: view(envelope), leafIndex: BigInt(leaf), path: path.map(view), checkpoint: checkpoint.note };
    },
  },
  getConsistencyProof: {
    roles: 'every actor',
    unary: async (request, { caller, signal }) => {
      const sizes = { first: integerFrom(request.firstSize, 'first_size'), second: integerFrom(request.secondSize, 'second_size') };
      const { path, checkpoint } = await proveConsistency(served(), caller, sizes, signal);
      return { path: path.map(view), checkpoint: checkpoint?.note ?? '' };
    },
  },
  checkLog: {
    roles: ['operator'],
    serverStream: async (_request, sink, { signal }) => {
      const { checked, size, findings } = await checkLog(
        served(),
        (progress) => sink.write({ checked: BigInt(progress.checked), size: BigInt(progress.size), consistent: false, findings: [] }),
        signal,
      );
      await sink.write({ checked: BigInt(checked), size: BigInt(size), consistent: findings.length === 0, findings });
    },
  },
});
