import type { DocumentStore } from '@corridor/documents';
import type { EventLog, PartnerTopics } from '@corridor/eventlog';
import type { Clock } from '@corridor/kernel';
import { tracedLog, tracedStore } from '@corridor/telemetry';
import { TokenVerifier } from './auth/tokens.ts';
import type { Keys } from './keys/keys.ts';
import type { Part } from './lifecycle.ts';
import { PolicyFollower } from './policy/policy-follower.ts';
import { GrpcHost } from './rpc/grpc-host.ts';
import type { Listener } from './rpc/listener.ts';
import type { Ports, Report } from './service.ts';

export interface NodeCoreOptions {
  readonly log: EventLog;
  readonly partnerTopics: PartnerTopics;
  readonly documents: DocumentStore;
  readonly keys: Keys;
  /** Where gRPC is to be served. */
  readonly grpc: Listener;
  readonly clock: Clock;
  readonly report: Report;
}

/** What stands between opened engines and services, in every edition. */
export interface NodeCore {
  readonly ports: Ports;
  readonly policy: PolicyFollower;
  /** Who holds a token of this node. */
  readonly tokens: Pick<TokenVerifier, 'verify'>;
  readonly rpc: GrpcHost;
  /** The port that gRPC listens on; undefined while it does not. */
  grpcPort(): number | undefined;
  /** Follows the policy state; starts before the services. */
  readonly policyPart: Part;
  /** Serves gRPC; starts behind the services: whatever is served was recovered before. */
  readonly grpcPart: Part;
}

/** Policy state, tokens and gRPC over opened engines, all of it watched. Nothing runs before the parts start. */
export function nodeCore({ log: ownLog, partnerTopics, documents, keys, grpc, clock, report }: NodeCoreOptions): NodeCore {
  const log = tracedLog(ownLog);
  const policy = new PolicyFollower({ log, dataKeys: keys.data, clock, report });
  const tokens = new TokenVerifier(policy, clock);
  const rpc = new GrpcHost({ listener: grpc, tokens, policy, clock, report });
  let port: number | undefined;
  return {
    ports: { log, partnerTopics, documents: tracedStore(documents), keys, policy, rpc, clock, report },
    policy,
    tokens,
    rpc,
    grpcPort: () => port,
    policyPart: { name: 'policy', start: () => policy.start(), stop: () => policy.stop() },
    grpcPart: {
      name: 'grpc',
      start: async () => {
        port = await rpc.start();
        report('info', 'grpc.listening', { host: grpc.host, port });
      },
      stop: async () => {
        port = undefined;
        await rpc.stop();
      },
    },
  };
}
