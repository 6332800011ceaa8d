import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@corridor/kernel';
import { Database, type DatabaseOptions } from '@corridor/sqlite';
import { describe, expect, it } from 'vitest';
import { eventLogContract, type ForgetfulLog, type KilledWriter, type LogFixture, type SmallLog } from '../contract.ts';
import type { TopicSpec } from '../event-log.ts';
import { killWriters } from '../killed-writer.testing.ts';
import { openSqliteEventLog, type SqliteEventLog, type SqliteEventLogOptions } from './sqlite-event-log.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'corridor-log-'));

class Fixture implements LogFixture {
  readonly file: string;
  database: Database;
  log: SqliteEventLog;
  readonly #options: SqliteEventLogOptions;

  private constructor(file: string, database: Database, log: SqliteEventLog, options: SqliteEventLogOptions) {
    this.file = file;
    this.database = database;
    this.log = log;
    this.#options = options;
  }

  static async open(options: SqliteEventLogOptions, database: DatabaseOptions = {}, file = join(folder(), 'corridor.db')): Promise<Fixture> {
    const opened = await Database.open(file, database);
    return new Fixture(file, opened, await openSqliteEventLog(opened, options), options);
  }

  readonly reopen = async (): Promise<SqliteEventLog> => {
    await this.#close();
    this.database = await Database.open(this.file);
    this.log = await openSqliteEventLog(this.database, this.#options);
    return this.log;
  };

  readonly dispose = async (): Promise<void> => {
    await this.#close();
    rmSync(join(this.file, '..'), { recursive: true });
  };

  async #close(): Promise<void> {
    await this.log.close();
    await this.database.close();
  }
}

async function smallDisk(topics: readonly TopicSpec[]): Promise<SmallLog> {
  const fixture = await Fixture.open({ topics }, { maxPages: 250 });
  return { log: fixture.log, reopen: fixture.reopen, dispose: fixture.dispose, free: async () => fixture.database.limitPages(1_000_000) };
}

async function retention(topics: readonly TopicSpec[]): Promise<ForgetfulLog> {
  const clock = new ManualClock(1_000_000_000);
  const fixture = await Fixture.open({ topics, clock });
  const expireAll = async (): Promise<void> => {
    clock.advance(60_001);
    await fixture.log.expire();
  };
  return { log: fixture.log, reopen: fixture.reopen, dispose: fixture.dispose, expireAll };
}

async function kill(topics: readonly TopicSpec[]): Promise<KilledWriter> {
  const file = join(folder(), 'corridor.db');
  const acknowledged = await killWriters(new URL('./killed-writer.testing.ts', import.meta.url), file, topics);
  const fixture = await Fixture.open({ topics }, {}, file);
  return { log: fixture.log, reopen: fixture.reopen, dispose: fixture.dispose, acknowledged };
}

eventLogContract({
  name: 'SQLite',
  open: (topics) => Fixture.open({ topics }),
  features: {
    narrowQueue: (topics, bytes) => Fixture.open({ topics, queue: { bytes, calls: 1000 } }),
    smallDisk,
    retention,
    kill,
  },
});

eventLogContract({
  name: 'SQLite with next to no memory',
  open: (topics) => Fixture.open({ topics, recent: { records: 5, bytes: 1000 } }),
  features: {},
});

describe('the log in a SQLite file', () => {
  const topic = (name: string, partitions: number, kept: TopicSpec['retention'] = 'forever'): TopicSpec => ({ name, partitions, retention: kept });

  it.each([
    ['another number of partitions', [topic('a', 3), topic('b', 1)]],
    ['a topic less', [topic('a', 2)]],
  ])('is refused with %s', async (_, topics) => {
    const fixture = await Fixture.open({ topics: [topic('a', 2), topic('b', 1)] });
    await expect(openSqliteEventLog(fixture.database, { topics })).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
    await fixture.dispose();
  });

  it('takes a topic more and keeps what the others hold', async () => {
    const fixture = await Fixture.open({ topics: [topic('a', 2)] });
    await fixture.log.append('a', [{ key: 'k', envelope: Buffer.from('x'), headers: {} }]);
    await fixture.log.close();
    const log = await openSqliteEventLog(fixture.database, { topics: [topic('b', 4), topic('a', 2)] });
    expect(await log.end('b')).toEqual([0, 0, 0, 0]);
    expect((await log.end('a')).reduce((sum, offset) => sum + offset, 0)).toBe(1);
    await log.close();
    await fixture.dispose();
  });

  it('drops exactly what is past the retention of its topic', async () => {
    const clock = new ManualClock(0);
    const fixture = await Fixture.open({ topics: [topic('short', 1, 1000), topic('long', 1, 5000), topic('kept', 1)], clock });
    const one = { key: 'k', envelope: Buffer.from('x'), headers: {} };
    for (let round = 0; round < 10; round += 1) {
      clock.advance(500);
      await fixture.log.append('short', Array.from({ length: 500 }, () => one));
      await Promise.all(['long', 'kept'].map((name) => fixture.log.append(name, [one])));
    }
    clock.advance(501);
    expect(await fixture.log.expire()).toBe(4501);
    expect(await fixture.log.begin('short')).toEqual([4500]);
    expect(await fixture.log.begin('long')).toEqual([1]);
    expect(await fixture.log.begin('kept')).toEqual([0]);
    expect(await fixture.log.read('short', { partition: 0, offset: 4500 }, 1000)).toHaveLength(500);
    await fixture.dispose();
  });
});
