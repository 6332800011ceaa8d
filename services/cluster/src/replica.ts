import { fileURLToPath } from 'node:url';
import type { Clock } from '@corridor/kernel';
import type { ServiceName } from '@corridor/runtime/cluster';
import { NodeProcess, type Exit } from '@corridor/runtime/node-process';

/** A process that this one looks after. */
export type ProcessName = ServiceName | 'gateway';

export interface ReplicaOptions {
  readonly service: ProcessName;
  /** `hub-1`: it keeps the name over restarts. */
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Takes each line that it reports. */
  readonly onLine: (line: string) => void;
  /** Told of each of its processes. */
  readonly onStart: (pid: number) => void;
}

/** How long a process that ended by itself rests before the next begins, ms. */
const REST_MS = 500;
const LONGEST_REST_MS = 10_000;
/** A process that ran for so long begins anew at once, ms. */
const RAN_WELL_MS = 30_000;
/** How many of its last lines are kept, to tell why it ended. */
const KEPT = 100;
/** For how long one that is asked to end may take for it, ms. */
const GRACE_MS = 30_000;

/** One replica of a service: its process, and the next one when that ended unasked. It keeps its port. */
export class Replica {
  readonly name: string;
  readonly #options: ReplicaOptions;
  readonly #stopping = new AbortController();
  #process: NodeProcess | undefined;
  /** The last one that has ended. */
  #ended: NodeProcess | undefined;
  #grpcPort = 0;
  #httpPort = 0;
  #rest = REST_MS;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ReplicaOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Where it serves gRPC, on this machine. */
  get address(): string {
    return `127.0.0.1:${this.#grpcPort}`;
  }

  /** Where it serves HTTP; 0 when it does not. */
  get httpPort(): number {
    return this.#httpPort;
  }

  /** Resolves when it serves; rejects when its first process ends before. */
  async start(): Promise<void> {
    const process = this.#begin();
    await this.#served(process);
    this.#running = this.#lookAfter(process);
  }

  /** Ends its process for good; one that does not end by itself is killed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const process = this.#process;
    const ended = new AbortController();
    this.#options.clock.wait(GRACE_MS, ended.signal).then(
      () => void process?.stop('SIGKILL'),
      () => undefined,
    );
    await process?.stop('SIGTERM');
    ended.abort();
    await this.#running;
  }

  /** Ends its process by a signal, as if by itself: the next one begins. Resolves when it has ended. */
  async kill(signal: NodeJS.Signals): Promise<Exit | undefined> {
    return this.#process?.stop(signal);
  }

  /** Resolves when its process serves. */
  async serving(): Promise<void> {
    while (this.#process !== undefined) {
      const process = this.#process;
      const served = await this.#served(process).then(() => true, () => false);
      if (served && process === this.#process && process !== this.#ended) return;
      await this.#options.clock.wait(100, this.#stopping.signal);
    }
  }

  #begin(): NodeProcess {
    const { service, name, env, onLine, onStart } = this.#options;
    const ports = service === 'gateway' ? this.#gatewayPorts() : { CORRIDOR_GRPC: this.address };
    const main = fileURLToPath(new URL(`../../${service}/src/main.ts`, import.meta.url));
    const process = new NodeProcess({ main, env: { ...env, ...ports, CORRIDOR_REPLICA: name }, onLine, kept: KEPT });
    this.#process = process;
    if (process.pid !== undefined) onStart(process.pid);
    return process;
  }

  /** The gateway listens where it is told; a port that it was free to choose it keeps. */
  #gatewayPorts(): Readonly<Record<string, string>> {
    const { env } = this.#options;
    const kept = (variable: string, port: number): Readonly<Record<string, string>> =>
      env[variable]?.endsWith(':0') === true ? { [variable]: env[variable].replace(/0$/, String(port)) } : {};
    return { ...kept('CORRIDOR_GRPC', this.#grpcPort), ...kept('CORRIDOR_HTTP', this.#httpPort) };
  }

  async #served(process: NodeProcess): Promise<void> {
    const [grpc] = await Promise.all([process.reported('grpc.listening'), process.reported('node.started')]);
    this.#grpcPort = Number(grpc['port']);
    if (this.#options.service === 'gateway') this.#httpPort = Number((await process.reported('http.listening'))['port']);
  }

  async #lookAfter(first: NodeProcess): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    for (let process = first; ; process = this.#begin()) {
      const began = clock.now();
      await process.exited;
      this.#ended = process;
      if (signal.aborted) return;
      this.#rest = clock.now() - began > RAN_WELL_MS ? REST_MS : Math.min(2 * this.#rest, LONGEST_REST_MS);
      await clock.wait(this.#rest, signal).catch(() => undefined);
      if (signal.aborted) return;
    }
  }
}
