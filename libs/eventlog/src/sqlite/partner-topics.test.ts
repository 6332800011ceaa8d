import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agencyId, ManualClock } from '@corridor/kernel';
import { Database } from '@corridor/sqlite';
import { describe, expect, it } from 'vitest';
import { type PartnersFixture, partnerTopicsContract } from '../contract-partner-topics.ts';
import { partnerTopicName } from '../partner-topics.ts';
import { openSqliteEventLog } from './sqlite-event-log.ts';

const TOPICS = [{ name: 'declared', partitions: 2, retention: 'forever' }] as const;
const WEEK = 7 * 86_400_000;

async function open(file = join(mkdtempSync(join(tmpdir(), 'corridor-partners-')), 'corridor.db')): Promise<PartnersFixture> {
  const clock = new ManualClock(1_000_000_000_000);
  const database = await Database.open(file);
  const log = await openSqliteEventLog(database, { topics: TOPICS, clock });
  const close = async (): Promise<void> => {
    await log.close();
    await database.close();
  };
  return {
    log,
    partners: log.partnerTopics,
    reopen: async () => {
      await close();
      return open(file);
    },
    expireAll: async () => {
      clock.advance(WEEK - 1);
      expect(await log.expire()).toBe(0);
      clock.advance(2);
      await log.expire();
    },
    dispose: async () => {
      await close();
      rmSync(join(file, '..'), { recursive: true });
    },
  };
}

partnerTopicsContract('SQLite', () => open());

describe('partner topics in a SQLite file', () => {
  it('takes the numbers of withdrawn partitions again, so that room for coming and going never ends', async () => {
    const fixture = await open();
    const { partners } = fixture;
    const stays = agencyId('stays');
    for (let round = 0; round < 600; round += 1) {
      const comes = agencyId(`comes-${round}`);
      await partners.provision(comes);
      if (round === 0) await partners.provision(stays);
      await partners.withdraw(comes);
    }
    expect(await partners.agencies()).toEqual([stays]);
    await fixture.dispose();
  });

  it('refuses a topic more than it has room for, and works on', async () => {
    const fixture = await open();
    const { log, partners } = fixture;
    const all = Array.from({ length: 511 }, (_, i) => agencyId(`agency-${i}`));
    for (const agency of all) await partners.provision(agency);
    await expect(partners.provision(agencyId('one-more'))).rejects.toMatchObject({ reason: 'STATE_FORBIDS' });
    await log.append(partnerTopicName(agencyId('agency-510')), [{ key: 'k', envelope: Buffer.from('x'), headers: {} }]);
    await log.append('declared', [{ key: 'k', envelope: Buffer.from('x'), headers: {} }]);
    await fixture.dispose();
  });

  it('cannot be declared', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'corridor-partners-'));
    const database = await Database.open(join(folder, 'corridor.db'));
    const topics = [{ name: 'corridor.out.beta', partitions: 4, retention: WEEK }];
    await expect(openSqliteEventLog(database, { topics })).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
    await database.close();
    rmSync(folder, { recursive: true });
  });
});
