import { type Client, type ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { bearer, callUnary, failureOf, type NodeAddress, openChannel, type RpcDefinition, traced as withTrace } from '@corridor/client/transport';
import { CorridorError, view } from '@corridor/kernel';
import { tracedWithin } from '@corridor/telemetry';

/** Longest time that a call of one answer may take, in milliseconds. */
const DEADLINE_MS = 30_000;

/** Calls the node with messages that are serialised already. */
export interface NodeCalls {
  /** The serialised answer. Ends early when the signal aborts. @throws CorridorError with the node's reason, or the transport's */
  unary(rpc: string, request: Uint8Array, token: string | undefined, signal: AbortSignal): Promise<Uint8Array>;
  /** The serialised messages of a stream, as they come; `failure` tells why it broke. */
  stream(rpc: string, request: Uint8Array, token: string): ClientReadableStream<Buffer>;
  failure(cause: unknown): CorridorError;
  close(): void;
}

/** Calls over one channel, opened at the first call: only then is it known where the node listens. */
export function callsTo(node: () => NodeAddress): NodeCalls {
  let opened: { readonly client: Client; readonly address: string } | undefined;
  const channel = (): { readonly client: Client; readonly address: string } => {
    if (opened === undefined) {
      const address = node();
      opened = { client: openChannel(address), address: address.address };
    }
    return opened;
  };
  const failure = (cause: unknown): CorridorError => failureOf(cause, channel().address).error;
  return {
    failure,
    async unary(rpc, request, token, signal) {
      const metadata = token === undefined ? new Metadata() : bearer(token);
      try {
        const call = () => callUnary(channel().client, rpcOfBytes(rpc), view(request), metadata, { signal, deadlineMs: DEADLINE_MS });
        return await tracedWithin('rpc.call', { 'rpc.method': rpc.slice(1) }, call);
      } catch (cause) {
        throw signal.aborted ? new CorridorError('UNAVAILABLE', 'the caller has gone', {}, { cause }) : failure(cause);
      }
    },
    stream(rpc, request, token) {
      const { path, requestSerialize, responseDeserialize } = rpcOfBytes(rpc);
      return channel().client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, view(request), withTrace(bearer(token)));
    },
    close: () => opened?.client.close(),
  };
}

const asItIs = (bytes: Buffer): Buffer => bytes;
const rpcOfBytes = (path: string): RpcDefinition<Buffer, Buffer> => ({ path, requestSerialize: asItIs, responseDeserialize: asItIs });
