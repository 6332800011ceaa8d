import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CorridorError, ManualClock } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Reserve } from './reserve.ts';

let folder: string;
let file: string;
let clock: ManualClock;
let events: string[];
const begun: Reserve[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reserve-'));
  file = join(folder, 'reserve');
  clock = new ManualClock(0);
  events = [];
});
afterEach(async () => {
  for (const reserve of begun.splice(0)) await reserve.stop();
  rmSync(folder, { recursive: true });
});

const BYTES = 5_000_000;
const full = (): Promise<never> => Promise.reject(new CorridorError('STORAGE_FULL', 'no space'));
const size = (): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

async function begin(bytes: number): Promise<Reserve> {
  const thrift = {
    begin: async () => {
      events.push('thrift');
    },
    end: () => {
      events.push('plenty');
    },
  };
  const reserve = new Reserve({ file, bytes, thrift, clock, report: (_, event) => events.push(event) });
  begun.push(reserve);
  await reserve.start();
  return reserve;
}
async function held(): Promise<Reserve> {
  const reserve = await begin(BYTES);
  await vi.waitFor(() => expect(size()).toBe(BYTES));
  return reserve;
}

describe('the reserve', () => {
  it('takes its space on the disk', async () => {
    await held();
    expect((statSync(file).blocks ?? 0) * 512).toBeGreaterThanOrEqual(BYTES);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('is released by a write that finds the disk full; only one that is entitled to it is tried again', async () => {
    for (const way of ['yielding', 'entitled'] as const) {
      const reserve = await held();
      let tries = 0;
      const write = async (): Promise<string> => {
        tries += 1;
        return existsSync(file) ? full() : 'stored';
      };
      if (way === 'yielding') await expect(reserve.yielding(write)).rejects.toMatchObject({ reason: 'STORAGE_FULL' });
      else expect(await reserve.entitled(write)).toBe('stored');
      expect([tries, existsSync(file)]).toEqual([way === 'yielding' ? 1 : 2, false]);
      expect(reserve.unwell()).toContain('nothing is published');
      await expect(reserve.yielding(() => Promise.resolve('stored'))).rejects.toMatchObject({ reason: 'STORAGE_FULL' });
      expect(await reserve.entitled(() => Promise.resolve('stored'))).toBe('stored');
      await reserve.stop();
    }
  });

  it('comes back by the clock once there is space, and publishing with it', async () => {
    const reserve = await held();
    await expect(reserve.yielding(full)).rejects.toThrow();
    expect(events).toEqual(['reserve.released', 'thrift']);
    await vi.waitFor(() => {
      clock.advance(1000);
      expect(reserve.unwell()).toBeUndefined();
    });
    expect(size()).toBe(BYTES);
    expect(events.slice(-2)).toEqual(['plenty', 'reserve.held']);
    expect(await reserve.yielding(() => Promise.resolve('stored'))).toBe('stored');
  });

  it('does not go to writes that yield and were under way', async () => {
    const reserve = await held();
    const slow = Promise.withResolvers<boolean>();
    const underWay = reserve.yielding(() => slow.promise);
    const entitled = reserve.entitled(() => (existsSync(file) ? full() : Promise.resolve('stored')));
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    slow.resolve(existsSync(file));
    expect(await underWay).toBe(true);
    expect(await entitled).toBe('stored');
  });

  it('is not made on a disk that has not enough space; the node goes on without and keeps what is left for reading', async () => {
    const reserve = await begin(Number.MAX_SAFE_INTEGER);
    await vi.waitFor(() => expect(events).toContain('reserve.missing'));
    expect(existsSync(file)).toBe(false);
    await expect(reserve.yielding(() => Promise.resolve('stored'))).rejects.toMatchObject({ reason: 'STORAGE_FULL' });
    expect(await reserve.entitled(() => Promise.resolve('stored'))).toBe('stored');
  });

  it('of a half-made or an older size is made anew, and one of size 0 is none', async () => {
    writeFileSync(file, 'half');
    await (await held()).stop();
    const none = await begin(0);
    await vi.waitFor(() => expect(existsSync(file)).toBe(false));
    await expect(none.entitled(full)).rejects.toMatchObject({ reason: 'STORAGE_FULL' });
    await expect(none.yielding(full)).rejects.toMatchObject({ reason: 'STORAGE_FULL' });
    expect(await none.yielding(() => Promise.resolve('stored'))).toBe('stored');
  });

  it('is for a full disk alone', async () => {
    const reserve = await held();
    const refused = (): Promise<never> => Promise.reject(new CorridorError('QUEUE_FULL', 'too much'));
    await expect(reserve.entitled(refused)).rejects.toMatchObject({ reason: 'QUEUE_FULL' });
    await expect(reserve.yielding(refused)).rejects.toMatchObject({ reason: 'QUEUE_FULL' });
    expect([size(), reserve.unwell()]).toEqual([BYTES, undefined]);
  });
});
