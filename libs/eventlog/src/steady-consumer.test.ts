import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CorridorError, systemClock, utf8 } from '@corridor/kernel';
import { Database } from '@corridor/sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog } from './event-log.ts';
import { openSqliteEventLog } from './sqlite/sqlite-event-log.ts';
import { consumeSteadily } from './steady-consumer.ts';

const TOPIC = { name: 'a.v1', partitions: 1, retention: 'forever' } as const;
const away = (): CorridorError => new CorridorError('UNAVAILABLE', 'away');

let folder: string;
let database: Database;
let log: EventLog;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-steady-'));
  database = await Database.open(join(folder, 'log.db'));
  log = await openSqliteEventLog(database, { topics: [TOPIC] });
});
afterEach(async () => {
  await log.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

const append = (...keys: readonly string[]) => log.append(TOPIC.name, keys.map((key) => ({ key, envelope: utf8(key), headers: {} })));

describe('a steady consumer', () => {
  it('begins again from the kept position when what it does passes by failing, and says that it waits', async () => {
    await append('1', '2', '3');
    const seen: string[] = [];
    const waits: string[] = [];
    let failing = 2;
    const consumer = consumeSteadily(
      log,
      TOPIC.name,
      'g',
      async ([record]) => {
        if (record?.key === '2' && failing-- > 0) throw away();
        seen.push(record?.key ?? '');
      },
      { clock: systemClock, maxBatch: 1, onWait: ({ reason }) => waits.push(reason) },
    );
    await vi.waitFor(() => expect(seen).toEqual(['1', '2', '3']), 10_000);
    expect(waits).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    await consumer.stop();
    await consumer.done;
  });

  it('begins again when the log was out of reach, even at the beginning', async () => {
    await append('1');
    let refusals = 2;
    const seen: string[] = [];
    const cut: Pick<EventLog, 'consume'> = {
      consume: (...args) => {
        if (refusals-- > 1) throw away();
        return refusals >= 0 ? { done: Promise.reject(away()), stop: () => Promise.resolve() } : log.consume(...args);
      },
    };
    const consumer = consumeSteadily(cut, TOPIC.name, 'g', async (records) => void seen.push(...records.map(({ key }) => key)), { clock: systemClock, onWait: () => undefined });
    await vi.waitFor(() => expect(seen).toEqual(['1']), 10_000);
    await consumer.stop();
  });

  it('ends with what does not pass', async () => {
    await append('1');
    for (const [group, reason] of [['g', 'DATABASE_DAMAGED'], ['h', 'MESSAGE_TOO_LARGE']] as const) {
      const refusal = new CorridorError(reason, 'never');
      const consumer = consumeSteadily(log, TOPIC.name, group, () => Promise.reject(refusal), { clock: systemClock, onWait: () => undefined });
      await expect(consumer.done).rejects.toBe(refusal);
      await consumer.stop();
    }
  });

  it('stops while it waits, and handles nothing more', async () => {
    await append('1');
    let handled = 0;
    const waiting = Promise.withResolvers<void>();
    const consumer = consumeSteadily(
      log,
      TOPIC.name,
      'g',
      () => {
        handled += 1;
        return Promise.reject(away());
      },
      { clock: { now: () => 0, monotonic: () => 0, wait: (_, signal) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))) }, onWait: () => waiting.resolve() },
    );
    await waiting.promise;
    await Promise.all([consumer.stop(), consumer.stop()]);
    await consumer.done;
    expect(handled).toBe(1);
  });
});
