import type { RegistryServiceService } from '@corridor/contracts/registry/v1/registry';
import type { Methods, NodeAead } from '@corridor/runtime';
import type { Registry } from '../application/registry.ts';

/** What the methods work on; both are there once the service has started. */
export interface Served {
  readonly registry: Registry;
  readonly pageTokens: NodeAead;
}

/** Some of the methods of the service. */
export type Some<Name extends keyof typeof RegistryServiceService> = Pick<Methods<typeof RegistryServiceService>, Name>;
