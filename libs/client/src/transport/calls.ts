import { context, propagation } from '@opentelemetry/api';
import { Metadata, type CallOptions as GrpcCallOptions, type Client, type ClientDuplexStream, type ClientReadableStream } from '@grpc/grpc-js';
import { failureOf, type Failure } from './status.ts';
import type { TokenSource } from './token.ts';

/** What a generated service definition says of one RPC. */
export interface RpcDefinition<Req, Res> {
  readonly path: string;
  readonly requestSerialize: (request: Req) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Res;
}

/** How long one call may take, and who may end it early. */
export interface CallOptions {
  /** Ends the call; it rejects with the signal's reason. Whether the node has done it is then unknown. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the call fails with DEADLINE_EXCEEDED; default: that of `connect`, 30,000. */
  readonly deadlineMs?: number;
}

/** Calls RPCs of one node, signed in. */
export interface Calls {
  /** The node's address, for messages. */
  readonly address: string;
  /** Calls a unary RPC. @throws CorridorError with the node's reason, or the transport's. */
  unary<Req, Res>(rpc: RpcDefinition<Req, Res>, request: Req, options?: CallOptions): Promise<Res>;
  /** Opens a stream of answers. No deadline. */
  serverStream<Req, Res>(rpc: RpcDefinition<Req, Res>, request: Req): Promise<SignedIn<ClientReadableStream<Res>>>;
  /** Opens a stream both ways whose requests are already serialised. No deadline. */
  bidi<Res>(rpc: Pick<RpcDefinition<never, Res>, 'path' | 'responseDeserialize'>): Promise<SignedIn<ClientDuplexStream<Buffer, Res>>>;
  /** What a failed stream failed of; a refused token is not used again. */
  failure(cause: unknown, token: string | undefined): Failure;
}

/** A stream, and the token it was opened with. */
export interface SignedIn<Stream> {
  readonly stream: Stream;
  readonly token: string;
}

/** A unary call without a token, for signing in. */
export async function callUnary<Req, Res>(
  client: Client,
  rpc: RpcDefinition<Req, Res>,
  request: Req,
  metadata: Metadata,
  { signal, deadlineMs }: CallOptions & { readonly deadlineMs: number },
): Promise<Res> {
  signal?.throwIfAborted();
  // The transport compares it with the machine's clock, so no other clock may make it.
  const options: GrpcCallOptions = { deadline: Date.now() + deadlineMs };
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<Res>((resolve, reject) => {
      const call = client.makeUnaryRequest(rpc.path, rpc.requestSerialize, rpc.responseDeserialize, request, traced(metadata), options, (error, response) => {
        if (error !== null) reject(signal?.aborted === true ? signal.reason : error);
        else if (response === undefined) reject(new Error(`${rpc.path} answered nothing`));
        else resolve(response);
      });
      onAbort = () => call.cancel();
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  } finally {
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  }
}

/** Calls over one channel with the tokens of one source. */
export function signedInCalls(client: Client, address: string, tokens: TokenSource, defaultDeadlineMs: number): Calls {
  const failure = (cause: unknown, token: string | undefined): Failure => {
    const failed = failureOf(cause, address);
    if (failed.error.reason === 'UNAUTHENTICATED' && token !== undefined) tokens.refused(token);
    return failed;
  };
  const once = async <Req, Res>(rpc: RpcDefinition<Req, Res>, request: Req, options: CallOptions): Promise<Res> => {
    const token = await tokens.get();
    try {
      return await callUnary(client, rpc, request, bearer(token), { deadlineMs: defaultDeadlineMs, ...options });
    } catch (cause) {
      if (options.signal?.aborted === true) throw cause;
      throw failure(cause, token).error;
    }
  };
  return {
    address,
    failure,
    async unary(rpc, request, options = {}) {
      const before = await tokens.get();
      try {
        return await once(rpc, request, options);
      } catch (cause) {
        // A refused token means that nothing was done, so one try with a new one is safe.
        const refused = failureOf(cause, address).error.reason === 'UNAUTHENTICATED';
        if (!refused || options.signal?.aborted === true || (await tokens.get()) === before) throw cause;
        return once(rpc, request, options);
      }
    },
    async serverStream(rpc, request) {
      const token = await tokens.get();
      const stream = client.makeServerStreamRequest(rpc.path, rpc.requestSerialize, rpc.responseDeserialize, request, traced(bearer(token)));
      return { stream, token };
    },
    async bidi({ path, responseDeserialize }) {
      const token = await tokens.get();
      const stream = client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, responseDeserialize, traced(bearer(token)));
      return { stream, token };
    },
  };
}

/** The metadata with the trace that is active, where the application has set OpenTelemetry up; else as they are. */
export function traced(metadata: Metadata): Metadata {
  propagation.inject(context.active(), metadata, { set: (to, name, value) => to.set(name, value) });
  return metadata;
}

/** The metadata of a call in the name of a token's holder. */
export function bearer(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}
