import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '@corridor/kernel';
import { configFrom } from '@corridor/runtime';
import { openEmbedded } from '@corridor/runtime/embedded';
import { build } from '@corridor/standalone/service';
import { BOOTSTRAP_SECRET } from '../company.ts';

/** The machine's clock, which can be put forward; whoever waits for a moment that is then past waits no longer. */
export class LaterClock implements Clock {
  #ahead = 0;
  readonly #waiting = new Set<{ readonly until: number; readonly wake: () => void }>();

  now(): number {
    return systemClock.now() + this.#ahead;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#ahead;
  }

  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise: put, resolve: wake } = Promise.withResolvers<void>();
    const woken = new AbortController();
    const waiter = { until: this.now() + ms, wake };
    this.#waiting.add(waiter);
    try {
      await Promise.race([put, systemClock.wait(ms, signal === undefined ? woken.signal : AbortSignal.any([signal, woken.signal]))]);
    } finally {
      this.#waiting.delete(waiter);
      woken.abort();
    }
  }

  putForward(ms: number): void {
    this.#ahead += ms;
    for (const { until, wake } of this.#waiting) if (until <= this.now()) wake();
  }
}

/** A whole node in this process. */
export interface HttpNode {
  readonly http: string;
  readonly grpc: string;
  stop(): Promise<void>;
}

/** A folder for the data of a node, removed by `remove`. */
export function dataFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'corridor-http-'));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

/** Starts a node over a folder. */
export async function startHttpNode(folder: string, clock: Clock, env: Readonly<Record<string, string>> = {}): Promise<HttpNode> {
  const config = configFrom({ CORRIDOR_DATA: folder, CORRIDOR_GRPC: '127.0.0.1:0', CORRIDOR_HTTP: '127.0.0.1:0', CORRIDOR_RESERVE_MB: '0', ...env });
  const embedded = await openEmbedded({ config, clock, report: () => undefined });
  const node = await build({ ...config, bootstrapSecret: BOOTSTRAP_SECRET }, embedded);
  for (const part of node.parts) await part.start();
  return {
    http: node.httpAddress(),
    grpc: node.grpcAddress(),
    stop: async () => {
      for (const part of node.parts.toReversed()) await part.stop();
    },
  };
}
