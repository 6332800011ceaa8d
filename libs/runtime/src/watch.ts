import type { Clock, CorridorError } from '@corridor/kernel';
import type { Part } from './lifecycle.ts';
import type { Service } from './service.ts';

/** How often the services are asked, in milliseconds. */
const EVERY_MS = 500;

/** Ends the node when one of its services can work no more: a node that lives by half would hide it. */
export function watchPart(services: readonly Pick<Service, 'failed'>[], clock: Clock): Part {
  const stopping = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<CorridorError>();
  let watching: Promise<void> = Promise.resolve();

  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      for (const service of services) {
        const failure = service.failed?.();
        if (failure !== undefined) return end(failure);
      }
      await clock.wait(EVERY_MS, stopping.signal).catch(() => undefined);
    }
  };

  return {
    name: 'watch',
    ended,
    start: () => {
      watching = watch();
      return Promise.resolve();
    },
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}
