/** What carries calls to a node, for ways into it that have no connection of their own, such as the gateway. */
export { bearer, callUnary, traced, type RpcDefinition } from './calls.ts';
export { openChannel, type NodeAddress } from './channel.ts';
export { failureOf } from './status.ts';
