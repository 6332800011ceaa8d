import type { OutgoingHttpHeaders } from 'node:http2';
import { type Clock, CorridorError, Recurring } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';
import { CONNECT_MS, type UpstreamTls } from './connection.ts';
import { unavailable } from './refusal.ts';
import { Replica } from './replica.ts';
import { parseAddress, type Resolve, targetsOf } from './resolve.ts';
import type { Begun } from './upstream.ts';

/** How often names are resolved anew, in milliseconds: a replica that comes back at another address is found so soon. */
const RESOLVE_EVERY_MS = 2000;

export interface ReplicasOptions {
  readonly tls: UpstreamTls;
  readonly resolve: Resolve;
  readonly mostConnections: number;
  readonly clock: Clock;
  readonly report: Report;
  /** Told when the service may have begun or ceased to serve. */
  readonly changed: () => void;
}

/** The replicas of one service: found by name, kept connected, chosen from by what they say of themselves and by load. */
export class Replicas {
  readonly service: string;
  readonly #options: ReplicasOptions;
  readonly #addresses: readonly { readonly host: string; readonly port: number }[];
  readonly #replicas = new Map<string, Replica>();
  readonly #retired = new Set<Replica>();
  readonly #lost = new Set<Replica>();
  readonly #resolving: Recurring;
  #unresolved = false;
  #turn = 0;
  #changed = Promise.withResolvers<void>();

  /** @throws CorridorError CONFIG_INVALID */
  constructor(service: string, addresses: readonly string[], options: ReplicasOptions) {
    this.service = service;
    this.#options = options;
    this.#addresses = addresses.map((address) => {
      const parsed = parseAddress(address);
      if (parsed === undefined) throw new CorridorError('CONFIG_INVALID', `an address of ${service} is not host:port`, { service });
      return parsed;
    });
    this.#resolving = new Recurring({ clock: options.clock, everyMs: RESOLVE_EVERY_MS, act: () => this.#resolve(), failed: () => this.#resolveFailed() });
  }

  /** Resolves once the names were resolved, or could not be. */
  start(): Promise<void> {
    return this.#resolving.start();
  }

  /** Undefined when a replica says that it serves; else why the service does not. */
  unwell(): string | undefined {
    const all = [...this.#replicas.values()];
    if (all.some(({ serves }) => serves)) return undefined;
    if (all.length === 0) return this.#unresolved ? 'its name cannot be resolved' : 'no address of it is known';
    return all.some(({ state }) => state === 'connected') ? 'no replica serves' : 'no replica can be reached';
  }

  /**
   * Begins a call with the replica that has the fewest under way among those that serve, in turn where several have as
   * few. Waits for those whose connection is about to come about.
   * @param except not with that one
   * @throws CorridorError UNAVAILABLE, QUEUE_FULL
   */
  async begin(headers: OutgoingHttpHeaders, except?: object): Promise<Begun> {
    const { clock } = this.#options;
    const late = new AbortController();
    const deadline = clock.now() + CONNECT_MS;
    const failed = new Set<Replica>();
    let full: CorridorError | undefined;
    try {
      for (;;) {
        const candidates = [...this.#replicas.values()].filter((replica) => replica !== except && !failed.has(replica));
        const replica = this.#best(candidates.filter(({ state }) => state === 'connected'));
        if (replica !== undefined) {
          try {
            return await replica.begin(headers);
          } catch (error) {
            failed.add(replica);
            const why = CorridorError.from(error);
            if (why.reason !== 'UNAVAILABLE') full = why;
            continue;
          }
        }
        if (clock.now() >= deadline || !candidates.some(({ state }) => state === 'connecting')) throw full ?? unavailable(`no replica of ${this.service} can be reached`);
        await Promise.race([this.#changed.promise, clock.wait(deadline - clock.now(), late.signal).catch(() => undefined)]);
      }
    } finally {
      late.abort();
    }
  }

  async stop(): Promise<void> {
    await this.#resolving.stop();
    const all = [...this.#replicas.values(), ...this.#retired];
    this.#replicas.clear();
    await Promise.all(all.map((replica) => replica.destroy()));
    this.#notice();
  }

  #best(candidates: readonly Replica[]): Replica | undefined {
    let best: Replica | undefined;
    this.#turn += 1;
    for (let i = 0; i < candidates.length; i++) {
      const replica = candidates[(i + this.#turn) % candidates.length];
      if (replica === undefined) continue;
      const better = best === undefined || replica.rank < best.rank || (replica.rank === best.rank && replica.open < best.open);
      if (better) best = replica;
    }
    return best;
  }

  async #resolve(): Promise<void> {
    const { tls, clock, mostConnections, resolve } = this.#options;
    const targets = await targetsOf(this.#addresses, resolve);
    this.#unresolved = false;
    for (const [key, target] of targets) {
      if (this.#replicas.has(key)) continue;
      const replica = new Replica(target, { tls, clock, mostConnections, changed: () => this.#replicaChanged(replica) });
      this.#replicas.set(key, replica);
      replica.start();
    }
    for (const [key, replica] of this.#replicas) if (!targets.has(key)) this.#retire(key, replica);
    this.#notice();
  }

  /** One whose name is gone takes no new calls. */
  #retire(key: string, replica: Replica): void {
    this.#replicas.delete(key);
    this.#lost.delete(replica);
    this.#retired.add(replica);
    void replica.retire().then(() => this.#retired.delete(replica));
  }

  /** What was known stays known: names that cannot be resolved for now are no reason to cut off replicas that answer. */
  #resolveFailed(): void {
    if (!this.#unresolved) this.#options.report('warn', 'upstream.unresolved', { service: this.service });
    this.#unresolved = true;
    this.#notice();
  }

  #replicaChanged(replica: Replica): void {
    const { host, ip, port } = replica.target;
    const facts = { service: this.service, host, ip, port };
    if (replica.state === 'away' && !this.#lost.has(replica)) {
      this.#lost.add(replica);
      this.#options.report('warn', 'upstream.lost', facts);
    }
    if (replica.state === 'connected' && this.#lost.delete(replica)) this.#options.report('info', 'upstream.found', facts);
    this.#notice();
  }

  #notice(): void {
    const told = this.#changed;
    this.#changed = Promise.withResolvers();
    told.resolve();
    this.#options.changed();
  }
}
