import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Server } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';

/** Whether the node serves, as grpc.health.v1 says it: '' is the node. */
export interface Health {
  set(service: string, serving: boolean): void;
}

/** Adds grpc.health.v1.Health and the server reflection over the contracts; both need no token. */
export function addInfrastructure(server: Server): Health {
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  health.addToServer(server);
  reflection ??= reflectContracts();
  reflection.addToServer(server);
  return { set: (service, serving) => health.setStatus(service, serving ? 'SERVING' : 'NOT_SERVING') };
}

/** Costs a tenth of a second and depends on nothing: made once for all servers of the process. */
let reflection: ReflectionService | undefined;

function reflectContracts(): ReflectionService {
  const descriptors = createRequire(import.meta.url).resolve('@corridor/contracts/descriptors.binpb');
  return new ReflectionService(loadFileDescriptorSetFromBuffer(readFileSync(descriptors)));
}
