import { memoryUsage } from 'node:process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gauge } from './metrics.ts';

/** How exactly delays of the event loop are sampled, ms. */
const RESOLUTION_MS = 10;

/** Measures the process itself, until the returned function is called. */
export function measureProcess(): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let used = process.cpuUsage();
  let usedAt = performance.now();
  // The sampling interval itself is part of what the histogram has.
  const seconds = (ns: number): number => Math.max(0, ns / 1e9 - RESOLUTION_MS / 1000);
  const stops = [
    gauge('nodejs.eventloop.delay.p99', () => one(delay.count === 0 ? 0 : seconds(delay.percentile(99)))),
    gauge('nodejs.eventloop.delay.max', () => {
      const most = delay.count === 0 ? 0 : seconds(delay.max);
      // Once all gauges of this collection have been read.
      setImmediate(() => delay.reset());
      return one(most);
    }),
    gauge('process.memory.usage', () => one(memoryUsage.rss())),
    gauge('v8js.memory.heap.used', () => one(memoryUsage().heapUsed)),
    gauge('process.cpu.utilization', () => {
      const { user, system } = process.cpuUsage(used);
      const elapsed = performance.now() - usedAt;
      used = process.cpuUsage();
      usedAt = performance.now();
      return one(elapsed > 0 ? (user + system) / 1000 / elapsed : 0);
    }),
    gauge('process.uptime', () => one(process.uptime())),
  ];
  return () => {
    for (const stop of stops) stop();
    delay.disable();
  };
}

const one = (value: number): readonly [{ readonly value: number; readonly labels: Readonly<Record<never, never>> }] => [{ value, labels: {} }];
