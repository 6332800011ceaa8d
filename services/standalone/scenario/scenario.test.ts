import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAST } from './cast.ts';
import { type ChildNode, startChildNode } from './child-node.ts';
import { Company } from './company.ts';
import { secretsIn } from './secrets.ts';

const PATIENCE_MS = 90_000;
let root: string;
let node: ChildNode | undefined;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'scenario-'));
});
afterAll(async () => {
  await node?.stop('SIGKILL');
  rmSync(root, { recursive: true });
});

/** Lines of the summary, blanks reduced. */
const summary = (): readonly string[] => (node?.lines() ?? []).map((line) => line.replaceAll(/ +/g, ' ').trim());

describe('the scenario', () => {
  it('survives kill -9 in its middle, and gives each partner what agreement and consent allow', async () => {
    const folder = join(root, 'data');
    node = await startChildNode({ folder });
    await node.stop('SIGKILL');
    node = await startChildNode({ folder });
    await node.reported('scenario.played');
    expect(summary()).toEqual(expect.arrayContaining(SUMMARY));
    expect(statSync(join(folder, 'actors.json')).mode & 0o077).toBe(0);
  }, PATIENCE_MS);

  it('is played once; its data and its secrets outlive a restart', async () => {
    const folder = join(root, 'data');
    await node?.stop();
    node = await startChildNode({ folder });
    const company = new Company({ address: node.grpc }, secretsIn(folder, CAST).actors);
    const { batches } = await company.as('agencies/homeland-authority/actors/desk-1').hub.listUpdates({
      purpose: Purpose.PURPOSE_EARLY_WARNING,
      filter: undefined,
      pageSize: 1000,
      pageToken: '',
    });
    company.close();
    const keys = batches.flatMap(({ batch }) => batch?.updates ?? []).flatMap(({ content }) => (content?.$case === 'movement' ? content.value.rows : [])).map(({ key }) => key);
    expect(keys).toContain('AFG');
    expect(keys).not.toContain('SYR');
    expect(summary().join()).toContain('was played before');
  }, PATIENCE_MS);
});

/** It follows from the seeds; it changes only when the play, the policy or the masks do. */
const SUMMARY = [
  'migration-agency planning 111 updates 1047 counts shown 16 withheld masked',
  'harbour-relief assistance 111 updates 1322 counts shown 0 withheld exact',
  'coastal-authority planning 111 updates 753 counts shown 0 withheld masked, own nationals never included',
  'homeland-authority early warning 111 updates 679 counts shown 0 withheld masked, own nationals never included',
  'refugee-agency planning 72 updates 474 counts shown 34 withheld masked',
  'refugee-agency rescue 4 updates 13 counts shown 0 withheld exact',
  'coastal-authority rescue 4 updates 13 counts shown 0 withheld exact, own nationals never included',
  'harbour-relief protection 3 updates 7 counts shown 0 withheld masked',
  'coastal-authority, for law enforcement: refused (PROHIBITED_BY_CLAUSE, NO_CONSENT, PURPOSE_NOT_ALLOWED)',
  'straits-forum, for statistics: 75 updates, then its consent was revoked: 0 more',
  "Early warning: 'Many arrivals on the Central Mediterranean route' saw 2 of 2 past surges, with 0 false alarms; a second actor activated it.",
  '5,073 arrivals on the Central Mediterranean Route in May 2025',
  'delivered to migration-agency (1), harbour-relief (1); acknowledged by migration-agency, overdue at harbour-relief',
  'Follow-up: 3 recommendations were adopted, 1 of them is blocked by an open obstacle (called implemented: refused, STATE_FORBIDS).',
  'R1 coastal-authority: in progress, self reported, blocked',
  'R2 harbour-relief: implemented, peer verified',
  'R3 refugee-agency: not started, overdue',
  'contributions: 2 flows in 4 reports, 240000 US dollars delivered',
];
