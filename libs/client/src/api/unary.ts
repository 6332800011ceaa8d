import type { CallOptions, Calls, RpcDefinition } from '../transport/calls.ts';

/** A unary RPC as a function. @throws CorridorError with the node's reason, or the transport's. */
export type Unary<Req, Res> = (request: Req, options?: CallOptions) => Promise<Res>;

/** Makes functions of RPC definitions. */
export const unaryOf =
  (calls: Calls) =>
  <Req, Res>(rpc: RpcDefinition<Req, Res>): Unary<Req, Res> =>
  (request, options) =>
    calls.unary(rpc, request, options);
