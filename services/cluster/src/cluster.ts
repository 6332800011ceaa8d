import type { Clock } from '@corridor/kernel';
import { SERVICES, type ServiceName } from '@corridor/runtime/cluster';
import { type ProcessName, Replica } from './replica.ts';

export type Replicas = Readonly<Record<ServiceName, number>>;
/** Two hubs, for whoever looks on to see that it makes no difference which one answers. */
export const USUAL_REPLICAS: Replicas = { registry: 1, hub: 2, alerts: 1, followup: 1, audit: 1 };

export interface ClusterOptions {
  /** How many processes of each service; at least one. */
  readonly replicas: Replicas;
  /** What all processes see: where the engines are, keys, secrets, telemetry. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Takes each line that a process reports. */
  readonly onLine: (process: string, line: string) => void;
  /** Ends the start when it aborts: processes may wait for their engines for long. */
  readonly signal?: AbortSignal;
}

/** The cluster edition on one machine. */
export interface RunningCluster {
  /** Where partners reach gRPC, `host:port`. */
  readonly grpc: string;
  /** Where HTTP is, a URL. */
  readonly http: string;
  /** By name: `hub-1`, `hub-2`, `gateway-1`... */
  readonly replicas: ReadonlyMap<string, Replica>;
  stop(): Promise<void>;
}

/**
 * Starts every service as a process of its own, and the gateway in front of them; a process that ends unasked is begun
 * again. Resolves when all serve; rejects when one ends before, and when it is to end.
 */
export async function startCluster({ replicas, env, clock, onLine, signal }: ClusterOptions): Promise<RunningCluster> {
  const all = new Map<string, Replica>();
  const replica = (service: ProcessName, number: number, more: Readonly<Record<string, string>> = {}): Replica => {
    const name = `${service}-${number}`;
    const tell = (line: string): void => onLine(name, line);
    const made = new Replica({ service, name, env: { ...env, ...more }, clock, onLine: tell, onStart: (pid) => tell(started(name, pid)) });
    all.set(name, made);
    return made;
  };
  const stop = async (): Promise<void> => {
    const [gateway, ...services] = [...all.values()].toReversed();
    await gateway?.stop();
    await Promise.all(services.map((service) => service.stop()));
  };
  const onAbort = (): void => void stop();
  signal?.addEventListener('abort', onAbort);
  try {
    const security: Readonly<Record<string, string>> = isGiven(env, 'CORRIDOR_SERVICES_CA') ? {} : IN_CLEAR;
    const services = SERVICES.map((service) => [service, numbers(replicas[service]).map((number) => replica(service, number, security))] as const);
    await allOf(services.flatMap(([, members]) => members.map((member) => member.start())));
    signal?.throwIfAborted();
    const addresses = services.map(([service, members]) => [`CORRIDOR_${service.toUpperCase()}`, members.map(({ address }) => address).join(',')] as const);
    const gateway = replica('gateway', 1, Object.fromEntries(addresses));
    await gateway.start();
    return {
      grpc: gateway.address,
      http: `${isGiven(env, 'CORRIDOR_TLS_CERT') ? 'https' : 'http'}://127.0.0.1:${gateway.httpPort}`,
      replicas: all,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** A certificate is for whom partners call; services are called on this machine, in clear unless it is said who signed theirs. */
const IN_CLEAR = { CORRIDOR_TLS_CERT: '', CORRIDOR_TLS_KEY: '' };
const isGiven = (env: ClusterOptions['env'], variable: string): boolean => (env[variable] ?? '') !== '';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);
const started = (name: string, pid: number): string => JSON.stringify({ level: 'info', event: 'process.started', process: name, pid });

/** All of them, and the first failure only once none is under way any more. */
async function allOf(starts: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(starts);
  await Promise.all(starts);
}
