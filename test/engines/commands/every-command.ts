import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOOTSTRAP_SECRET, type ClusterUnderTest, startCluster } from '../cluster-under-test.ts';
import { agree } from './agreeing.ts';
import { audit } from './auditing.ts';
import { contribute } from './contributing.ts';
import { enter } from './entering.ts';
import { exchange } from './exchanging.ts';
import { followUp } from './following-up.ts';
import { leave } from './leaving.ts';
import { openTopics, readTopic } from './reading-topics.ts';
import { Story } from './story.ts';
import { warn } from './warning.ts';

/**
 * Tells the story of three agencies by command lines alone: a harbour authority that publishes, relief that receives, and
 * early warning. It has every command of the program in it, so that a new one needs its place here.
 */
export function everyCommandRuns(startMs: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'corridor-commands-'));
  let cluster: ClusterUnderTest;
  let story: Story;
  beforeAll(async () => {
    // What signs in to the brokers may give partners their credentials.
    const [user = '', password = ''] = (process.env['CORRIDOR_TEST_KAFKA_USER'] ?? '').split(':');
    const partners = process.env['CORRIDOR_TEST_KAFKA_SASL'] ?? '';
    const kafka = { CORRIDOR_KAFKA: partners, CORRIDOR_KAFKA_USER: user, CORRIDOR_KAFKA_PASSWORD: password, CORRIDOR_KAFKA_PARTNERS: partners };
    cluster = await startCluster(['early-warning', 'relief'], kafka);
    story = new Story(cluster.grpc, folder);
  }, startMs);
  afterAll(async () => {
    await cluster.remove();
    rmSync(folder, { recursive: true });
  });

  it.each<readonly [string, (story: Story) => Promise<void>]>([
    ['founds a node, brings an agency in, and gives it keys and actors', (of) => enter(of, BOOTSTRAP_SECRET)],
    ['signs an agreement, gathers a group, names focal points and grants consents', agree],
    ['opens topics of the log, and issues the credential of one', openTopics],
    ['publishes, and delivers as it previewed', exchange],
    ['proves a delivery, and says who had access', audit],
    ['raises, drafts and acknowledges alerts', warn],
    ["shows updates and alerts in an agency's topic to a client of its own", readTopic],
    ['follows recommendations and plans until they are done', followUp],
    ['sums contributions', contribute],
    ['ends every permission at once', leave],
  ])('%s', async (_, chapter) => {
    await chapter(story);
    expect(cluster.failures()).toEqual([]);
  });

  it('has no other command', () => {
    expect(story.untold).toEqual([]);
  });
}
