import { Server, ServerInterceptingCall, type ServerInterceptor, type ServiceDefinition } from '@grpc/grpc-js';
import { NodeServiceService, type RpcDemand } from '@corridor/contracts/node/v1/node';
import { type AgencyId, type Clock, CorridorError } from '@corridor/kernel';
import { authorise } from '../auth/authorise.ts';
import type { TokenVerifier, VerifiedToken } from '../auth/tokens.ts';
import { unauthenticated } from '../auth/unauthenticated.ts';
import { refusedByLatest, type PolicyView } from '../policy/policy-view.ts';
import { traceOf } from '../report.ts';
import type { Report } from '../service.ts';
import { demandToWire, type RpcDemands } from './demands.ts';
import { addInfrastructure, type Health } from './infrastructure.ts';
import { DEFAULT_LIMITS, type RpcLimits } from './limits.ts';
import { addressOf, credentialsOf, type Listener } from './listener.ts';
import { refusedLate } from './refused-late.ts';
import type { CallerContext, Method, Methods, RpcHost } from './rpc.ts';
import { ServerCall } from './server-call.ts';
import { UnsentAnswers } from './unsent-answers.ts';
import { watched } from './watched-call.ts';

export interface GrpcHostOptions {
  readonly listener: Listener;
  readonly tokens: TokenVerifier;
  readonly policy: PolicyView;
  readonly clock: Clock;
  readonly report: Report;
  readonly limits?: Partial<RpcLimits>;
}

type AnyMethod = Method<unknown, never>;
type GuardedMethod = Exclude<AnyMethod, { readonly roles: 'anyone' }>;

/** A method with its wire. */
interface Route {
  readonly path: string;
  readonly method: AnyMethod;
  decode(bytes: Buffer): unknown;
  encode(message: unknown): Buffer;
}

/** A stream whose caller must stay entitled to it. */
interface OpenStream {
  readonly call: ServerCall;
  readonly token: VerifiedToken;
  readonly method: GuardedMethod;
}

const BEARER = /^Bearer ([\w.-]+)$/i;
const passBytes = (bytes: Buffer): Buffer => bytes;

/**
 * The node's gRPC server. Each call is authenticated and authorised before any of its body is read; it ends with exactly
 * one status. A stream ends as soon as its token expires or the policy state no longer lets its caller call it.
 */
export class GrpcHost implements RpcHost {
  readonly #options: GrpcHostOptions;
  readonly #limits: RpcLimits;
  readonly #server: Server;
  readonly #health: Health;
  readonly #routes = new Map<string, Route>();
  readonly #services = new Set<string>();
  readonly #streams = new Set<OpenStream>();
  readonly #streamsOf = new Map<AgencyId, number>();
  readonly #unsent: UnsentAnswers;
  readonly #running = new Set<Promise<void>>();
  #state: 'new' | 'serving' | 'stopping' = 'new';
  #unsubscribe: readonly (() => void)[] = [];
  #stopped: Promise<void> | undefined;

  constructor(options: GrpcHostOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#unsent = new UnsentAnswers(options.clock);
    this.#server = new Server({
      interceptors: [this.#intercept],
      'grpc.max_concurrent_streams': this.#limits.callsPerConnection,
      // grpc-js refuses above this without an ErrorInfo; up to it we refuse ourselves.
      'grpc.max_receive_message_length': 2 * this.#limits.messageBytes,
      'grpc.max_send_message_length': -1,
      'grpc.keepalive_time_ms': 30_000,
      'grpc.keepalive_timeout_ms': 10_000,
      'grpc-node.flow_control_window': 1024 * 1024,
    });
    this.#health = addInfrastructure(this.#server);
    this.add(NodeServiceService, { listDemands: { roles: 'anyone', unary: async () => ({ demands: this.#demands() }) } });
  }

  add<D extends ServiceDefinition>(definition: D, methods: Methods<D>): void;
  add(definition: ServiceDefinition, methods: Readonly<Record<string, AnyMethod>>): void {
    const handlers: Record<string, () => void> = {};
    const streaming: Record<string, ServiceDefinition[string]> = {};
    for (const [name, wire] of Object.entries(definition)) {
      const method = methods[name];
      if (method === undefined) throw new CorridorError('INTERNAL', `the method ${wire.path} is missing`);
      this.#routes.set(wire.path, { path: wire.path, method, decode: wire.requestDeserialize, encode: wire.responseSerialize });
      this.#services.add(wire.path.split('/')[1] ?? '');
      // grpc-js itself only passes bytes through; on the wire a unary call is a stream of one message.
      streaming[name] = { ...wire, requestStream: true, responseStream: true, requestDeserialize: passBytes, responseSerialize: passBytes };
      handlers[name] = () => {};
    }
    this.#server.addService(streaming, handlers);
  }

  /** What an RPC demands of its caller, by its path (`/corridor.hub.v1.HubService/Publish`); undefined when nothing here serves it. */
  demandOf(path: string): RpcDemands | undefined {
    const method = this.#routes.get(path)?.method;
    return method?.roles === 'anyone' ? 'nothing' : method;
  }

  #demands(): readonly RpcDemand[] {
    return [...this.#routes.values()].map(({ path, method }) => demandToWire(path, method.roles === 'anyone' ? 'nothing' : method));
  }

  /** Says by grpc.health.v1 whether what it serves works; it does until somebody says otherwise. */
  setServing(serving: boolean): void {
    if (this.#state === 'serving') this.#tellHealth(serving);
  }

  #tellHealth(serving: boolean): void {
    for (const service of ['', ...this.#services]) this.#health.set(service, serving);
  }

  /** Listens; resolves with the port. @throws CorridorError LISTENER_INSECURE, CONFIG_INVALID. */
  async start(): Promise<number> {
    const { listener, policy } = this.#options;
    const port = await this.#bind(listener);
    this.#unsubscribe = [policy.onChange(() => this.#recheckStreams()), policy.onLapse(() => this.#unsent.policyLapsed(this.#openCalls()))];
    this.#state = 'serving';
    this.setServing(true);
    return port;
  }

  /** Refuses new calls, ends streams with UNAVAILABLE, lets unary calls finish, closes within the drain time twice over. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#state = 'stopping';
    this.#tellHealth(false);
    const closed = new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    for (const { call } of this.#streams) call.abort(stopping());
    await this.#atMost(Promise.allSettled(this.#running));
    for (const { call } of this.#streams) call.fail(stopping());
    await this.#atMost(closed);
    this.#server.forceShutdown();
    // Whatever was still to be sent had to follow the policy state until now.
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#unsent.stop();
  }

  async #atMost(done: Promise<unknown>): Promise<void> {
    const timer = new AbortController();
    const late = this.#options.clock.wait(this.#limits.drainMs, timer.signal).catch(() => {});
    await Promise.race([done, late]);
    timer.abort();
  }

  #bind(listener: Listener): Promise<number> {
    const credentials = credentialsOf(listener);
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(addressOf(listener), credentials, (error, port) => {
        if (error === null) resolve(port);
        else {
          const why = error.message.includes('EADDRINUSE') ? ': the port is in use' : '';
          reject(new CorridorError('CONFIG_INVALID', `the node cannot listen on ${addressOf(listener)}${why}`, {}, { cause: error }));
        }
      });
    });
  }

  readonly #intercept: ServerInterceptor = (definition, call) => {
    const route = this.#routes.get(definition.path);
    if (route === undefined) return new ServerInterceptingCall(call);
    return new ServerInterceptingCall(call, { start: () => ServerCall.take(call, this.#options.clock, (taken) => this.#run(route, taken)) });
  };

  #run(route: Route, call: ServerCall): void {
    const kind = route.method.roles === 'anyone' || 'unary' in route.method ? 'unary' : 'stream';
    const serve = () => this.#serve(route, call).catch((error: unknown) => this.#fail(route, call, error));
    const running = watched(route.path, kind, call, serve).finally(() => {
      this.#running.delete(running);
      this.#unsent.ended(call);
    });
    this.#running.add(running);
  }

  #fail(route: Route, call: ServerCall, error: unknown): void {
    const { aborted } = call.signal;
    const reason: unknown = call.signal.reason;
    call.fail(CorridorError.from(aborted ? reason : error));
    if (aborted && error instanceof Error && error.name === 'AbortError') return;
    const original = CorridorError.from(error);
    if (original.code === 'INTERNAL' || original.code === 'DATA_LOSS') {
      this.#options.report('error', 'rpc.failed', { method: route.path, reason: original.reason, trace: traceOf(original) });
    }
  }

  async #serve(route: Route, call: ServerCall): Promise<void> {
    if (this.#state !== 'serving') throw stopping();
    const { method } = route;
    if (method.roles === 'anyone') {
      call.finish(route.encode(await method.unary(await this.#single(route, call), { signal: call.signal })));
      return;
    }
    const token = await this.#authenticate(call);
    const { policy } = this.#options;
    const caller = await refusedByLatest(await policy.current(), policy, ({ state }) => authorise(state, token, method));
    const context = { caller, signal: call.signal };
    if ('unary' in method) {
      const request = await this.#single(route, call);
      call.finish(route.encode(await refusedLate(policy, () => method.unary(request, context))));
      return;
    }
    await this.#stream(route, method, call, token, context);
  }

  async #authenticate(call: ServerCall): Promise<VerifiedToken> {
    const given = call.metadata.get('authorization');
    const token = given.length === 1 ? BEARER.exec(String(given[0]))?.[1] : undefined;
    if (token === undefined) throw unauthenticated();
    return this.#options.tokens.verify(token);
  }

  async #stream(
    route: Route,
    method: Exclude<GuardedMethod, { readonly unary: unknown }>,
    call: ServerCall,
    token: VerifiedToken,
    context: CallerContext,
  ): Promise<void> {
    const { agency } = context.caller;
    const open = { call, token, method };
    const before = this.#streamsOf.get(agency) ?? 0;
    if (before >= this.#limits.streamsPerAgency) {
      throw new CorridorError('QUEUE_FULL', `the agency has ${before} streams open, as many as the node takes`, {
        limit: String(this.#limits.streamsPerAgency),
      });
    }
    this.#streamsOf.set(agency, before + 1);
    this.#streams.add(open);
    const ended = new AbortController();
    const expiry = this.#expire(call, token, ended.signal);
    try {
      // The policy state may have changed, or the node may have begun to stop, between the check and the entry above.
      this.#recheck(open);
      if (this.#state !== 'serving') throw stopping();
      const sink = call.sink<unknown>(route.encode);
      if ('bidi' in method) await method.bidi(this.#requests(route, call), sink, context);
      else await method.serverStream(await this.#single(route, call), sink, context);
      if (call.signal.aborted) throw call.signal.reason;
      call.finish();
    } finally {
      this.#streams.delete(open);
      this.#leave(agency);
      ended.abort();
      await expiry;
    }
  }

  #leave(agency: AgencyId): void {
    const left = (this.#streamsOf.get(agency) ?? 1) - 1;
    if (left === 0) this.#streamsOf.delete(agency);
    else this.#streamsOf.set(agency, left);
  }

  /** Ends the call when its token does, unless `ended` aborts first. */
  async #expire(call: ServerCall, token: VerifiedToken, ended: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    try {
      while (clock.now() < token.expiresAt) await clock.wait(Math.min(token.expiresAt - clock.now(), MAX_TIMER_MS), ended);
      call.fail(unauthenticated());
    } catch {
      // The call ended before its token.
    }
  }

  #recheckStreams(): void {
    for (const open of this.#streams) this.#recheck(open);
    this.#unsent.policyChanged(this.#openCalls());
  }

  #openCalls(): readonly ServerCall[] {
    return [...this.#streams].map(({ call }) => call);
  }

  /** Ends a stream at once, with nothing further written to it, when its caller may no longer call it. */
  #recheck({ call, token, method }: OpenStream): void {
    try {
      authorise(this.#options.policy.state, token, method);
    } catch (error) {
      call.fail(CorridorError.from(error));
    }
  }

  async #single(route: Route, call: ServerCall): Promise<unknown> {
    const bytes = await call.read();
    if (bytes === undefined) throw new CorridorError('INVALID_ARGUMENT', 'the call carries no message');
    return this.#decode(route, bytes);
  }

  async *#requests(route: Route, call: ServerCall): AsyncGenerator<unknown, void> {
    for (let bytes = await call.read(); bytes !== undefined; bytes = await call.read()) yield this.#decode(route, bytes);
  }

  #decode(route: Route, bytes: Buffer): unknown {
    const limit = this.#limits.messageBytes;
    if (bytes.length > limit) {
      throw new CorridorError('MESSAGE_TOO_LARGE', `the message has ${bytes.length} bytes, at most ${limit} are taken`, { limit: String(limit) });
    }
    try {
      return route.decode(bytes);
    } catch (error) {
      throw new CorridorError('INVALID_ARGUMENT', 'the message is not one of the contract', {}, { cause: error });
    }
  }
}

/** Timers take at most 2^31-1 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const stopping = (): CorridorError => new CorridorError('UNAVAILABLE', 'the node is not serving');
