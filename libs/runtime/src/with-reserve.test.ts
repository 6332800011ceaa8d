import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partnerTopicName } from '@corridor/eventlog';
import { agencyId, CorridorError } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import { expect, it } from 'vitest';
import { TOPICS } from './topics.ts';
import { partnerTopicsWithReserve, withReserve } from './with-reserve.ts';

it('lets updates and topics of partners wait while the reserve is released, and everything else go on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'corridor-reserve-'));
  const store = await openSqliteStore({ file: join(folder, 'corridor.db'), topics: Object.values(TOPICS) });
  const released = {
    yielding: () => Promise.reject(new CorridorError('STORAGE_FULL', 'released')),
    entitled: <T>(write: () => Promise<T>) => write(),
  };
  const log = withReserve(store.log, released);
  const partners = partnerTopicsWithReserve(store.log.partnerTopics, released);
  const [beta, gamma] = [agencyId('beta'), agencyId('gamma')];
  await store.log.partnerTopics.provision(beta);
  const append = (topic: string): Promise<unknown> => log.append(topic, [{ key: 'k', envelope: Buffer.from('x'), headers: {} }]);
  for (const topic of [TOPICS.updates.name, partnerTopicName(beta)]) {
    await expect(append(topic)).rejects.toMatchObject({ reason: 'STORAGE_FULL' });
    expect((await log.end(topic)).every((end) => end === 0)).toBe(true);
  }
  for (const { name } of [TOPICS.record, TOPICS.consents, TOPICS.registry]) await append(name);
  await expect(partners.provision(gamma)).rejects.toMatchObject({ reason: 'STORAGE_FULL' });
  await partners.withdraw(beta);
  expect(await partners.agencies()).toEqual([]);
  await store.close();
  rmSync(folder, { recursive: true });
});
