import type { ServiceDefinition } from '@grpc/grpc-js';
import type { ActorId, AgencyId } from '@corridor/kernel';
import type { AgencyState, Role } from '@corridor/policy';

/** Who calls, as the token and the registry say at this moment. */
export interface Caller {
  readonly agency: AgencyId;
  readonly actor: ActorId;
  /** `agencies/{agency}/actors/{actor}`. */
  readonly name: string;
  readonly roles: ReadonlySet<Role>;
  readonly agencyState: AgencyState;
}

/** Of one call. */
export interface CallContext {
  /** Aborts when the caller goes away, the deadline passes, the caller's right to call ends, or the node stops. */
  readonly signal: AbortSignal;
}
export interface CallerContext extends CallContext {
  readonly caller: Caller;
}

/**
 * Where a stream's messages go. `write` resolves when the transport can take the next one (HTTP/2 flow control), so a
 * writer that awaits it never grows memory; it rejects when the stream has ended. A Buffer is passed through as the
 * already serialised message.
 */
export interface Sink<T> {
  write(message: T | Buffer): Promise<void>;
  /** Writes without waiting; false, with nothing written, when the transport is full. @throws what ended the stream. */
  tryWrite(message: T | Buffer): boolean;
}

/**
 * One RPC: who may call it, and what it does. `roles: 'anyone'` needs no token; `roles: 'every actor'` any valid one;
 * a list needs one of its roles. Agencies that are not active may call only what says `whileInactive`.
 */
export type Method<Req, Res> =
  | {
      readonly roles: 'anyone';
      readonly unary: (request: Req, context: CallContext) => Promise<Res>;
    }
  | ({ readonly roles: 'every actor' | readonly Role[]; readonly whileInactive?: true } & (
      | { readonly unary: (request: Req, context: CallerContext) => Promise<Res> }
      | { readonly serverStream: (request: Req, sink: Sink<Res>, context: CallerContext) => Promise<void> }
      | { readonly bidi: (requests: AsyncIterable<Req>, sink: Sink<Res>, context: CallerContext) => Promise<void> }
    ));

type Message<D, K extends keyof D, Side extends 'requestDeserialize' | 'responseSerialize'> = D[K] extends {
  [S in Side]: infer F;
}
  ? Side extends 'requestDeserialize'
    ? F extends (bytes: Buffer) => infer T
      ? T
      : never
    : F extends (value: infer T) => Buffer
      ? T
      : never
  : never;

/** One method for each RPC of a generated service definition; a missing one does not compile. */
export type Methods<D> = { readonly [K in keyof D]: Method<Message<D, K, 'requestDeserialize'>, Message<D, K, 'responseSerialize'>> };

/** The node's gRPC server, as a service sees it: it adds its methods before the host starts. */
export interface RpcHost {
  add<D extends ServiceDefinition>(definition: D, methods: Methods<D>): void;
}
