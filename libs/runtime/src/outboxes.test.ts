import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@corridor/eventlog';
import { CorridorError, fromUtf8, ManualClock, utf8 } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import { expect, it, vi } from 'vitest';
import { Outboxes } from './outboxes.ts';

const TOPIC = { name: 'a.v1', partitions: 1, retention: 'forever' } as const;
const POLL_MS = 500;

it('are well again by themselves once the log is back, with nobody asking', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'corridor-outboxes-'));
  const store = await openSqliteStore({ file: join(folder, 'corridor.db'), topics: [TOPIC] });
  const clock = new ManualClock(0);
  const reports: string[] = [];
  let isDown = true;
  const log: Pick<EventLog, 'append'> = { append: (...args) => (isDown ? Promise.reject(new CorridorError('UNAVAILABLE', 'away')) : store.log.append(...args)) };
  const outboxes = new Outboxes('registry', { documents: store.documents, log: Object.assign(Object.create(store.log), log), clock, report: (_, event) => reports.push(event) });
  const things = await outboxes.open<string>({ name: 'things', encode: utf8, decode: fromUtf8, indexes: {} });
  await things.create('x', 'doc', [{ topic: TOPIC.name, key: 'x', envelope: utf8('1'), headers: {} }]);
  await vi.waitFor(() => expect(outboxes.failure).toContain('things'));
  isDown = false;
  await vi.waitFor(() => {
    clock.advance(POLL_MS);
    expect(outboxes.failure).toBeUndefined();
  });
  expect(await store.log.end(TOPIC.name)).toEqual([1]);
  expect(reports).toEqual(['registry.relay-failed']);
  await outboxes.stop();
  await store.close();
  rmSync(folder, { recursive: true });
});
