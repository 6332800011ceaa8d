import { itemFailure, type Corridor } from '@corridor/client';
import { type Clock, CorridorError, newUuid } from '@corridor/kernel';
import type { Ledger } from './ledger.ts';
import { countsOf, message, report } from './reports.ts';

/** So many messages are under way at most. */
const IN_FLIGHT = 64;
/** Each so many-th report is corrected once. */
const CORRECTED_EVERY = 7;
const MOST_TOGETHER = 3;

export interface LoadOptions {
  readonly corridor: Corridor;
  /** `agencies/{agency}/series/{series}`. */
  readonly series: string;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Milliseconds between two messages. */
  readonly every: number;
  /** So many versions are published at most. */
  readonly most: number;
}

/**
 * Publishes reports and corrections over one stream, with acknowledgements, until it is told to stop; resolves when all
 * of them are acknowledged. @throws CorridorError of one that was refused, or not acknowledged in time
 */
export async function publishSteadily({ corridor, series, ledger, clock, every, most }: LoadOptions, stop: AbortSignal): Promise<void> {
  const publisher = corridor.publisher({ maxInFlight: IN_FLIGHT });
  const settled: Promise<void>[] = [];
  /** Acknowledged and not corrected yet. */
  const correctable: { readonly n: number; readonly updateId: string }[] = [];
  let failure: CorridorError | undefined;
  for (let n = 0, count = 0; !stop.aborted && count < most && failure === undefined; ) {
    await publisher.ready();
    const fresh = Array.from({ length: 1 + (n % MOST_TOGETHER) }, () => ({ n: (n += 1), updateId: newUuid(clock.now()), version: 1 }));
    const [corrected] = correctable.splice(0, 1);
    const parts = corrected === undefined ? fresh : [...fresh, { ...corrected, version: 2 }];
    const keys = parts.map(({ n: number, updateId, version }) => ledger.sending(series, updateId, version, countsOf(number, version), clock.now()));
    count += parts.length;
    const acknowledged = publisher.publish(message(series, parts.map(({ n: number, updateId, version }) => report(number, updateId, version)))).then((ack) => {
      for (const { error } of ack.exceptions) if (error !== undefined) throw itemFailure(error);
      const now = clock.now();
      parts.forEach(({ n: number, updateId, version }, i) => {
        const repeat = ack.exceptions.find((exception) => exception.name.endsWith(updateId));
        ledger.acknowledged(keys[i] ?? '', repeat?.position ?? ack.position, now);
        if (version === 1 && number % CORRECTED_EVERY === 0) correctable.push({ n: number, updateId });
      });
    });
    settled.push(acknowledged.catch((error: unknown) => void (failure ??= CorridorError.from(error))));
    await clock.wait(every, stop).catch(() => undefined);
  }
  await Promise.all(settled);
  await publisher.close();
  if (failure !== undefined) throw failure;
}
