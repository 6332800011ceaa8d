import { type Clock, Recurring } from '@corridor/kernel';
import type { Part } from '../lifecycle.ts';
import type { NodeCore } from '../node-core.ts';
import type { Service } from '../service.ts';

/** How often is asked whether a service works, ms. */
const EVERY_MS = 1000;

/** Says by grpc.health.v1 whether a process serves: whoever balances between replicas passes by one that does not. */
export function healthPart({ policy, rpc }: Pick<NodeCore, 'policy' | 'rpc'>, service: Pick<Service, 'unwell'>, clock: Clock): Part {
  const asking = new Recurring({
    clock,
    everyMs: EVERY_MS,
    act: async () => rpc.setServing(policy.unwell() === undefined && service.unwell() === undefined),
    failed: () => rpc.setServing(false),
  });
  return { name: 'health', start: () => asking.start(), stop: () => asking.stop() };
}
