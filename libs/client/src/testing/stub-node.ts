import {
  Metadata,
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { CorridorError } from '@corridor/kernel';
import { AlertsServiceService, type SubscribeAlertsRequest, type SubscribeAlertsResponse } from '@corridor/contracts/alerts/v1/alerts';
import { AuditServiceService } from '@corridor/contracts/audit/v1/audit';
import { FollowupServiceService } from '@corridor/contracts/followup/v1/followup';
import { HubServiceService, type PublishStreamRequest, type PublishStreamResponse, type SubscribeRequest, type SubscribeResponse } from '@corridor/contracts/hub/v1/hub';
import { RegistryServiceService, type IssueTokenRequest, type IssueTokenResponse } from '@corridor/contracts/registry/v1/registry';
import { encodeStatus, STATUS_TRAILER, statusOf } from '@corridor/runtime/status';

/** A stand-in for a node: signs in, and answers the RPCs it is given. Can be killed and started again on its port. */
export interface StubNode {
  readonly address: string;
  /** Every connection breaks at once. */
  kill(): void;
  /** Listens again where it listened before. */
  restart(): Promise<void>;
}

/** What a stub node does; it outlives a kill. */
export interface StubBehaviour {
  readonly hub?: UntypedServiceImplementation;
  readonly registry?: UntypedServiceImplementation;
  readonly audit?: UntypedServiceImplementation;
  readonly alerts?: UntypedServiceImplementation;
  readonly followup?: UntypedServiceImplementation;
  /** Milliseconds that a token lives; default an hour. */
  readonly tokenLifeMs?: number;
  /** Told of each token that is issued. */
  readonly onToken?: (token: string) => void;
}

export type PublishCall = ServerDuplexStream<PublishStreamRequest, PublishStreamResponse>;
export type SubscribeCall = ServerWritableStream<SubscribeRequest, SubscribeResponse>;
export type SubscribeAlertsCall = ServerWritableStream<SubscribeAlertsRequest, SubscribeAlertsResponse>;

/** The secret that every actor of a stub node has. */
export const STUB_SECRET = 'a secret of the test';

export async function startStubNode(behaviour: StubBehaviour): Promise<StubNode> {
  let issued = 0;
  const issueToken: handleUnaryCall<IssueTokenRequest, IssueTokenResponse> = (call, answer) => {
    if (call.request.secret !== STUB_SECRET) return answer(statusError(new CorridorError('UNAUTHENTICATED', 'actor or secret is wrong')));
    issued += 1;
    const token = `token-${issued}`;
    behaviour.onToken?.(token);
    answer(null, { token, expireTime: new Date(Date.now() + (behaviour.tokenLifeMs ?? 3_600_000)) });
  };
  const listen = async (port: number): Promise<{ server: Server; port: number }> => {
    const server = new Server();
    server.addService(RegistryServiceService, { issueToken, ...behaviour.registry });
    server.addService(HubServiceService, { ...behaviour.hub });
    server.addService(AuditServiceService, { ...behaviour.audit });
    server.addService(AlertsServiceService, { ...behaviour.alerts });
    server.addService(FollowupServiceService, { ...behaviour.followup });
    const bound = await new Promise<number>((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, actual) => (error === null ? resolve(actual) : reject(error))),
    );
    return { server, port: bound };
  };
  let { server, port } = await listen(0);
  return {
    address: `127.0.0.1:${port}`,
    kill: () => server.forceShutdown(),
    restart: async () => {
      ({ server, port } = await listen(port));
    },
  };
}

/** An error as a node sends it. */
export function statusError(error: CorridorError): { code: number; details: string; metadata: Metadata } {
  const wire = statusOf(error);
  const metadata = new Metadata();
  metadata.set(STATUS_TRAILER, Buffer.from(encodeStatus(wire)));
  return { code: wire.code, details: wire.message, metadata };
}

/** The token a call came with. */
export const tokenOf = (call: { readonly metadata: Metadata }): string => String(call.metadata.get('authorization')[0] ?? '').replace(/^Bearer /, '');
