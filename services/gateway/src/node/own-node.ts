import type { NodeAddress } from '@corridor/client/transport';
import { addressNear, type Listener } from '@corridor/runtime';

/**
 * The gRPC of a gateway's own process, as soon as it has a port: called within the machine, by the one certificate that is
 * the node's, whatever names it has.
 */
export const ownNode = (grpc: Listener, port: () => number | undefined) => (): NodeAddress => ({
  address: addressNear({ ...grpc, port: port() ?? 0 }),
  tls: grpc.tls === undefined ? false : { pinned: grpc.tls.certificate },
});
