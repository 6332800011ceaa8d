import type { Clock, CorridorError } from '@corridor/kernel';
import { gauge } from '@corridor/telemetry';
import type { Part } from './lifecycle.ts';
import type { Service } from './service.ts';

/** How often the services are asked, in milliseconds. */
const EVERY_MS = 500;

/** What is watched: a service, or what services stand on. Only what has a name is told to whoever measures. */
type Watched = Partial<Pick<Service, 'name' | 'failed' | 'unwell' | 'impaired'>>;

/** Ends the node when one of its services can work no more: a node that lives by half would hide it. Tells meanwhile who does not work. */
export function watchPart(services: readonly Watched[], clock: Clock): Part {
  const stopping = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<CorridorError>();
  let watching: Promise<void> = Promise.resolve();
  let forget = (): void => undefined;
  const unwell = () => services.flatMap((one) => (one.name === undefined || one.unwell === undefined ? [] : [{ value: (one.unwell() ?? one.impaired?.()) === undefined ? 0 : 1, labels: { 'corridor.part': one.name } }]));

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
      forget = gauge('corridor.unwell', unwell);
      return Promise.resolve();
    },
    stop: async () => {
      forget();
      stopping.abort();
      await watching;
    },
  };
}
