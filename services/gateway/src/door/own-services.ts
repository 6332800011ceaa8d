import { duplexPair } from 'node:stream';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { NodeServiceService, type RpcDemand } from '@corridor/contracts/node/v1/node';
import type { Clock } from '@corridor/kernel';
import { addInfrastructure } from '@corridor/runtime';
import { Connection } from './connection.ts';
import { requestOf } from './headers.ts';
import type { Upstream } from './upstream.ts';

/** What the door answers itself: the health of the node, the reflection of all its services, and what they demand. */
export interface OwnServices extends Upstream {
  /** Whether a service works; '' is the whole. */
  setServing(service: string, serving: boolean): void;
  stop(): Promise<void>;
}

/** A gRPC server within the process, behind the door like any other. */
export function ownServices(demands: () => readonly RpcDemand[], clock: Clock): OwnServices {
  const server = new Server();
  const health = addInfrastructure(server);
  server.addService(NodeServiceService, { listDemands: (_call: unknown, answer: (error: null, response: object) => void) => answer(null, { demands: demands() }) });
  const [ours, theirs] = duplexPair();
  server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(theirs);
  const connection = new Connection(ours, clock);
  return {
    async begin(headers) {
      await connection.ready;
      return { stream: connection.request(requestOf(headers, 'door', 'http')), with: connection, connected: () => connection.alive };
    },
    setServing: (service, serving) => health.set(service, serving),
    async stop() {
      connection.destroy();
      await connection.closed;
      server.forceShutdown();
    },
  };
}
