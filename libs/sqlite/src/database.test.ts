import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database, type Loaded } from './index.ts';

const COUNTER = new URL('./counter.testing.ts', import.meta.url);
const ADD = 0;
const REFUSE = 1;
const BREAK = 2;

const add = (database: Database, counter: Loaded, bytes: number, operation = ADD): Promise<number> =>
  database.write(counter, operation, (to) => to.raw(new Uint8Array(bytes).fill(1)), (reply) => reply.u53());
const count = (database: Database): unknown => database.read(() => database.prepare('SELECT count(*) AS n FROM thing').get()?.['n']);

describe('a database file', () => {
  let folder = '';
  let file = '';
  const opened: Database[] = [];
  const open = async (path = file): Promise<Database> => {
    const database = await Database.open(path);
    opened.push(database);
    return database;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'corridor-sqlite-'));
    file = join(folder, 'data', 'corridor.db');
  });
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
    rmSync(folder, { recursive: true });
  });

  /** A closed file of ours with some pages of content. */
  async function filled(): Promise<void> {
    const database = await open();
    const counter = await database.load(COUNTER);
    await Promise.all(Array.from({ length: 40 }, () => add(database, counter, 5000)));
    await database.close();
  }
  function overwrite(from: number, to: number): void {
    const bytes = readFileSync(file);
    bytes.fill(0xaa, from, to);
    writeFileSync(file, bytes);
  }

  describe('that is in use', () => {
    it('is refused to a second opening in the same process, and free again after close', async () => {
      const first = await open();
      await expect(open()).rejects.toMatchObject({ reason: 'DATA_FOLDER_IN_USE' });
      await open(join(folder, 'data', 'keys.db'));
      await first.close();
      await open();
    });

    it('is refused to another process until that one is killed', async () => {
      const holder = spawn('node', [fileURLToPath(new URL('./holder.testing.ts', import.meta.url)), file], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(holder.stdout, 'data');
      await expect(open()).rejects.toMatchObject({ reason: 'DATA_FOLDER_IN_USE' });
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      await open();
    });
  });

  describe('that is not as expected', () => {
    it('is refused when a newer version wrote it', async () => {
      await filled();
      const db = new DatabaseSync(file);
      db.exec('PRAGMA user_version=2');
      db.close();
      await expect(open()).rejects.toMatchObject({ reason: 'DATA_FOLDER_NEWER' });
    });

    it('is refused when another program wrote it, and left as it is', async () => {
      mkdirSync(join(folder, 'data'));
      const db = new DatabaseSync(file);
      db.exec('CREATE TABLE foreign_things (x)');
      db.close();
      const before = readFileSync(file);
      await expect(open()).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
      expect(readFileSync(file).equals(before)).toBe(true);
    });

    it.each([
      ['is no database', () => writeFileSync(file, 'no database at all'.repeat(1000))],
      ['has a damaged header', () => overwrite(0, 40)],
      ['has a damaged schema page', () => overwrite(100, 8192)],
      ['has a damaged page', () => overwrite(3 * 8192, 5 * 8192)],
      ['ends early', () => writeFileSync(file, readFileSync(file).subarray(0, 5 * 8192))],
    ])('is refused when it %s', async (_, damage) => {
      await filled();
      damage();
      await expect(open()).rejects.toMatchObject({ reason: 'DATABASE_DAMAGED' });
      await expect(open()).rejects.toMatchObject({ reason: 'DATABASE_DAMAGED' });
    });

    it('is reported as damaged when that shows only while reading', async () => {
      await filled();
      const database = await open();
      overwrite(2 * 8192, statSync(file).size);
      expect(() => database.read(() => database.prepare('SELECT sum(length(content)) AS n FROM thing').get())).toThrow(
        expect.objectContaining({ reason: 'DATABASE_DAMAGED' }),
      );
    });
  });

  it('is refused where no folder can be', async () => {
    writeFileSync(join(folder, 'occupied'), '');
    await expect(open(join(folder, 'occupied', 'corridor.db'))).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
    mkdirSync(join(folder, 'data', 'corridor.db.lock'), { recursive: true });
    await expect(open()).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
  });

  it('is created anew when its creation was cut short', async () => {
    mkdirSync(join(folder, 'data'));
    new DatabaseSync(file).exec('PRAGMA page_size=8192; PRAGMA journal_mode=WAL');
    const database = await open();
    const counter = await database.load(COUNTER);
    expect(await add(database, counter, 1)).toBe(1);
  });

  describe('written by many at once', () => {
    it('fails only the calls that are refused or break', async () => {
      const database = await open();
      const counter = await database.load(COUNTER);
      const operations = Array.from({ length: 60 }, (_, i) => (i % 20 === 7 ? REFUSE : i % 20 === 13 ? BREAK : ADD));
      const results = await Promise.allSettled(operations.map((operation) => add(database, counter, 10, operation)));
      for (const [i, result] of results.entries()) {
        if (operations[i] === ADD) expect(result.status).toBe('fulfilled');
        if (operations[i] === REFUSE) expect(result).toMatchObject({ reason: { reason: 'VERSION_CONFLICT', message: 'refused' } });
        if (operations[i] === BREAK) expect(result).toMatchObject({ reason: { reason: 'INTERNAL' } });
      }
      expect(count(database)).toBe(54);
    });

    it('leaves no trace of a call whose request cannot be written', async () => {
      const database = await open();
      const counter = await database.load(COUNTER);
      const failing = (): Promise<void> =>
        database.write(
          counter,
          ADD,
          (to) => {
            to.u32(1);
            throw new Error('cannot be written');
          },
          () => undefined,
        );
      const results = await Promise.allSettled([add(database, counter, 1), failing(), add(database, counter, 1)]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(count(database)).toBe(2);
    });

    it('finishes before it closes what was called before, and refuses what comes after', async () => {
      const database = await open();
      const counter = await database.load(COUNTER);
      const calls = Array.from({ length: 30 }, () => add(database, counter, 400_000));
      const closed = database.close();
      await expect(add(database, counter, 1)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
      expect(() => count(database)).toThrow(expect.objectContaining({ reason: 'UNAVAILABLE' }));
      await closed;
      await Promise.all(calls);
      expect(count(await open())).toBe(30);
    });
  });

  it('keeps its write-ahead log short while it is told to, and loses nothing by it', async () => {
    const path = join(folder, 'corridor.db');
    const database = await open(path);
    const counter = await database.load(COUNTER);
    const logBytes = (): number => statSync(`${path}-wal`).size;
    for (let i = 0; i < 100; i += 1) await add(database, counter, 50_000);
    expect(logBytes()).toBeGreaterThan(4_000_000);
    await database.keepLogShort();
    expect(logBytes()).toBe(0);
    for (let i = 0; i < 100; i += 1) await add(database, counter, 50_000);
    expect(logBytes()).toBeLessThan(4_000_000);
    database.letLogGrow();
    for (let i = 0; i < 100; i += 1) await add(database, counter, 50_000);
    expect(logBytes()).toBeGreaterThan(4_000_000);
    expect(count(database)).toBe(300);
  });

  /** Mounts a file system of 4 MB in memory; that takes root and a machine that allows it. */
  function mountSmallDisk(path: string): boolean {
    mkdirSync(path);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }
  it('on a disk that is really full refuses writes, goes on reading, and writes again when there is space', async (context) => {
    const small = join(folder, 'disk');
    if (!mountSmallDisk(small)) return context.skip('no file system can be mounted here');
    try {
      const ballast = join(small, 'ballast');
      writeFileSync(ballast, new Uint8Array(1 << 20));
      const path = join(small, 'corridor.db');
      const database = await open(path);
      const counter = await database.load(COUNTER);
      let acknowledged = 0;
      const fill = async (): Promise<void> => {
        for (;;) {
          await add(database, counter, 50_000);
          acknowledged += 1;
        }
      };
      await expect(fill()).rejects.toMatchObject({ reason: 'STORAGE_FULL' });
      expect(acknowledged).toBeGreaterThan(5);
      expect(count(database)).toBe(acknowledged);
      rmSync(ballast);
      await add(database, counter, 50_000);
      expect(count(database)).toBe(acknowledged + 1);
      await database.close();
      expect(count(await open(path))).toBe(acknowledged + 1);
      for (const each of opened.splice(0)) await each.close();
    } finally {
      execFileSync('umount', [small]);
    }
    expect(existsSync(join(small, 'corridor.db'))).toBe(false);
  });
});
