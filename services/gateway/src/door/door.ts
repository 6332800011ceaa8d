import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { type Clock, CorridorError } from '@corridor/kernel';
import type { Listener, PolicyView, Report, RpcDemands } from '@corridor/runtime';
import { builtDescriptors, contractsIn } from '../contract/contracts.ts';
import type { Condition } from '../node/condition.ts';
import type { UpstreamTls } from './connection.ts';
import { Demands } from './demands.ts';
import { Front } from './front.ts';
import { HeldAnswers } from './held-answers.ts';
import { DEFAULT_LIMITS, type DoorLimits } from './limits.ts';
import { ownServices } from './own-services.ts';
import { unavailable, UNKNOWN_METHOD } from './refusal.ts';
import { Relay } from './relay.ts';
import { Replicas } from './replicas.ts';
import { byTheMachine, type Resolve } from './resolve.ts';
import { DOOR, routeOf } from './route.ts';
import { upstreamOf } from './service-upstream.ts';
import type { Upstream } from './upstream.ts';

/** A call that has ended, for whoever counts. */
export interface EndedCall {
  /** Whom it was for: a service, or the door itself; undefined when nobody serves it. */
  readonly service: string | undefined;
  /** google.rpc.Code that the caller was told; undefined when the call broke off. */
  readonly code: number | undefined;
  /** Milliseconds from its headers to its end. */
  readonly ms: number;
  /** Whether a second replica was asked because the first had not taken it. */
  readonly retried: boolean;
}

export interface DoorOptions {
  readonly listener: Listener;
  /** Where the replicas of each service are, `host:port`; a host stands for every address that it resolves to. */
  readonly services: Readonly<Record<string, readonly string[]>>;
  readonly upstreamTls: UpstreamTls;
  /** Answers that wait for their caller are dropped when it changes. */
  readonly policy: Pick<PolicyView, 'onChange' | 'onLapse' | 'confirmed'>;
  readonly clock: Clock;
  readonly report: Report;
  /** Told of each call once it has ended. */
  readonly observe?: (call: EndedCall) => void;
  /** How hosts are resolved; as the machine does when absent. */
  readonly resolve?: Resolve;
  readonly limits?: Partial<DoorLimits>;
}

/** One address for all services of a node whose services are processes of their own. */
export interface Door {
  readonly name: string;
  /** Listens; resolves with the port, once every service was asked what it demands. @throws CorridorError CONFIG_INVALID */
  start(): Promise<number>;
  /** Takes no new calls, lets those under way finish within the drain time, ends the others with UNAVAILABLE. Idempotent. */
  stop(): Promise<void>;
  /** The port it listens on; undefined while it does not. */
  port(): number | undefined;
  /** Each service, and why it does not serve, as its replicas say by grpc.health.v1. */
  conditions(): readonly Condition[];
  /** What an RPC demands of its caller, as its service says; undefined when nobody serves it, or its service never answered. */
  readonly demandOf: (rpc: string) => RpcDemands | undefined;
}

/** @throws CorridorError LISTENER_INSECURE, CONFIG_INVALID */
export const buildDoor = (options: DoorOptions): Door => new GrpcDoor(options);

/** gRPC for partners, passed on to the services by the package that a path names. */
class GrpcDoor implements Door {
  readonly name = DOOR;
  readonly #options: DoorOptions;
  readonly #limits: DoorLimits;
  readonly #replicas: readonly Replicas[];
  /** The full names of what each service serves. */
  readonly #names: ReadonlyMap<string, readonly string[]> = servedNames();
  readonly #upstreams: ReadonlyMap<string, Upstream>;
  readonly #own: ReturnType<typeof ownServices>;
  readonly #demands: Demands;
  readonly #front: Front;
  readonly #relays = new Set<Relay>();
  /** How many of them need no token. */
  #ofAnybody = 0;
  readonly #running = new Set<Promise<void>>();
  readonly #held: HeldAnswers;
  #port: number | undefined;
  #stopping = false;
  #stopped: Promise<void> | undefined;

  constructor(options: DoorOptions) {
    const { listener, services, upstreamTls: tls, policy, clock, report, resolve = byTheMachine } = options;
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#front = new Front({ listener, limits: this.#limits, clock, called: (caller, headers) => this.#called(caller, headers) });
    const shared = { tls, resolve, clock, report, mostConnections: this.#limits.connectionsPerReplica, changed: () => this.#tellHealth() };
    this.#replicas = Object.entries(services).map(([service, addresses]) => new Replicas(service, addresses, shared));
    this.#demands = new Demands(this.#replicas, clock, report);
    this.#own = ownServices(() => this.#demands.all(), clock);
    this.#upstreams = new Map<string, Upstream>([[DOOR, this.#own], ...this.#replicas.map((each) => [each.service, upstreamOf(each, tls)] as const)]);
    this.#held = new HeldAnswers(this.#relays, policy, clock);
  }

  readonly demandOf = (rpc: string): RpcDemands | undefined => this.#demands.of(rpc);

  port(): number | undefined {
    return this.#port;
  }

  conditions(): readonly Condition[] {
    return this.#replicas.map((each) => ({ name: each.service, unwell: each.unwell() }));
  }

  async start(): Promise<number> {
    await Promise.all(this.#replicas.map((each) => each.start()));
    await this.#demands.start();
    await this.#held.start();
    this.#port = await this.#front.start();
    this.#options.report('info', 'grpc.listening', { host: this.#options.listener.host, port: this.#port });
    return this.#port;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    this.#port = undefined;
    this.#tellHealth();
    this.#front.leave();
    await this.#atMost(() => Promise.allSettled(this.#running));
    for (const relay of this.#relays) relay.end(stopping());
    await this.#atMost(() => Promise.allSettled(this.#running));
    await this.#front.close();
    await Promise.all([this.#held.stop(), this.#demands.stop(), this.#own.stop(), ...this.#replicas.map((each) => each.stop())]);
  }

  async #atMost(done: () => Promise<unknown>): Promise<void> {
    const timer = new AbortController();
    const late = this.#options.clock.wait(this.#limits.drainMs, timer.signal).catch(() => undefined);
    await Promise.race([done(), late]);
    timer.abort();
  }

  #called(caller: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    if (headers[':method'] !== 'POST' || !String(headers['content-type']).startsWith('application/grpc')) {
      return caller.respond({ ':status': UNSUPPORTED_MEDIA_TYPE }, { endStream: true });
    }
    const call = this.#call(caller, headers).finally(() => this.#running.delete(call));
    this.#running.add(call);
  }

  async #call(caller: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const { clock, observe } = this.#options;
    const began = clock.now();
    const name = routeOf(headers[':path'] ?? '');
    const upstream = name === undefined ? undefined : this.#upstreams.get(name);
    if (upstream === undefined) {
      caller.respond(UNKNOWN_METHOD, { endStream: true });
      return observe?.({ service: undefined, code: Number(UNKNOWN_METHOD['grpc-status']), ms: 0, retried: false });
    }
    const relay = new Relay(caller, headers, upstream);
    const isOfAnybody = upstream === this.#own || this.#demands.of(headers[':path'] ?? '') === 'nothing';
    if (this.#stopping) relay.end(stopping());
    else if (this.#relays.size >= this.#limits.calls) relay.end(tooMany(this.#limits.calls));
    else if (isOfAnybody && this.#ofAnybody >= this.#limits.callsOfAnybody) relay.end(tooMany(this.#limits.callsOfAnybody));
    else {
      this.#relays.add(relay);
      if (isOfAnybody) this.#ofAnybody += 1;
      await relay.run();
      this.#relays.delete(relay);
      if (isOfAnybody) this.#ofAnybody -= 1;
    }
    observe?.({ service: name, code: relay.code, ms: clock.now() - began, retried: relay.retried });
  }

  /** The whole serves when each service does. */
  #tellHealth(): void {
    const conditions = this.conditions();
    const serves = ({ unwell }: Condition): boolean => unwell === undefined && !this.#stopping;
    this.#own.setServing('', conditions.every(serves));
    for (const condition of conditions) for (const name of this.#names.get(condition.name) ?? []) this.#own.setServing(name, serves(condition));
  }
}

/** `hub` -> `corridor.hub.v1.HubService` */
function servedNames(): ReadonlyMap<string, readonly string[]> {
  const described = [...contractsIn(builtDescriptors())].flatMap((each) => (each.kind === 'service' ? [each.typeName] : []));
  return Map.groupBy(described, (name) => name.split('.')[1] ?? '');
}

const UNSUPPORTED_MEDIA_TYPE = 415;
const stopping = (): CorridorError => unavailable('the node is not serving');
const tooMany = (limit: number): CorridorError => new CorridorError('QUEUE_FULL', 'more calls are under way than the node takes', { limit: String(limit) });
