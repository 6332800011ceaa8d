import { ListDemandsRequest, ListDemandsResponse, type RpcDemand } from '@corridor/contracts/node/v1/node';
import { type Clock, Recurring } from '@corridor/kernel';
import { demandFromWire, type Report, type RpcDemands } from '@corridor/runtime';
import { converse, headersFor } from './call.ts';
import type { Replicas } from './replicas.ts';

const PATH = '/corridor.node.v1.NodeService/ListDemands';
/** How often it is looked whether somebody has to be asked, and how often each service is, in milliseconds. */
const LOOK_EVERY_MS = 1000;
const ASK_EVERY_MS = 60_000;
/** For how long a service may think about it. */
const ANSWER_MS = 2000;
const OK = 0;

/** What the RPCs of one service demand, as it said last. */
interface Told {
  readonly at: number;
  readonly demands: readonly RpcDemand[];
}

/**
 * What every RPC of the node demands of its caller, as the services say themselves. What a service has said holds while
 * it is away; of one that never answered nothing is known, and nothing of it is offered.
 */
export class Demands {
  readonly #services: readonly Replicas[];
  readonly #clock: Clock;
  readonly #report: Report;
  readonly #told = new Map<string, Told>();
  readonly #refused = new Set<string>();
  readonly #asking: Recurring;
  #byRpc: ReadonlyMap<string, RpcDemands> = new Map();

  constructor(services: readonly Replicas[], clock: Clock, report: Report) {
    this.#services = services;
    this.#clock = clock;
    this.#report = report;
    this.#asking = new Recurring({
      clock,
      everyMs: LOOK_EVERY_MS,
      act: async (signal) => {
        await Promise.all(services.filter(({ service }) => this.#isDue(service)).map((replicas) => this.#ask(replicas, signal)));
      },
      failed: () => undefined,
    });
  }

  /** Resolves when every service has answered, or has not. */
  start(): Promise<void> {
    return this.#asking.start();
  }

  stop(): Promise<void> {
    return this.#asking.stop();
  }

  /** Undefined when nothing is known of it. */
  of(rpc: string): RpcDemands | undefined {
    return this.#byRpc.get(rpc);
  }

  /** As they were said. */
  all(): readonly RpcDemand[] {
    return this.#services.flatMap(({ service }) => this.#told.get(service)?.demands ?? []);
  }

  #isDue(service: string): boolean {
    const told = this.#told.get(service);
    return told === undefined || this.#clock.now() - told.at >= ASK_EVERY_MS;
  }

  async #ask(replicas: Replicas, stopping: AbortSignal): Promise<void> {
    const { service } = replicas;
    const ended = new AbortController();
    const late = new AbortController();
    void this.#clock.wait(ANSWER_MS, AbortSignal.any([stopping, ended.signal])).then(() => late.abort(), () => undefined);
    try {
      const { stream } = await replicas.begin(headersFor(PATH));
      const answers: Buffer[] = [];
      const { code } = await converse(stream, ListDemandsRequest.encode({}).finish(), AbortSignal.any([stopping, late.signal]), (message) => answers.push(message));
      const [answer] = answers;
      if (code !== OK || answer === undefined) throw new Error(`ended with ${code ?? 'no'} status`);
      this.#take(service, ListDemandsResponse.decode(answer).demands);
    } catch {
      // The condition of the service tells why; that it cannot be asked is told once.
      if (!this.#refused.has(service)) this.#report('warn', 'demands.unknown', { service });
      this.#refused.add(service);
    } finally {
      ended.abort();
    }
  }

  /** Each service speaks for its own RPCs only. */
  #take(service: string, demands: readonly RpcDemand[]): void {
    const own = demands.filter(({ rpc }) => rpc.startsWith(`/corridor.${service}.`));
    this.#refused.delete(service);
    this.#told.set(service, { at: this.#clock.now(), demands: own });
    this.#byRpc = new Map(this.all().map((demand) => [demand.rpc, demandFromWire(demand)]));
  }
}
