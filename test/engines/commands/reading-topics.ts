import { readFileSync, statSync } from 'node:fs';
import { expect } from 'vitest';
import { connectOutside, type PartnerClient } from '@corridor/eventlog/kafka/outside';
import { GetAlertTopicsResponse } from '@corridor/contracts/alerts/v1/alerts';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { PartnerTopic, PartnerTopicCredential, PartnerTopicState } from '@corridor/contracts/hub/v1/hub';
import { eventually, type Story } from './story.ts';

const TOPIC = 'corridor.out.relief';
const credentialFile = (story: Story): string => story.path('credential.json');

/** Relief and early warning open their topics; relief gets a credential, and has alerts in its topic too. */
export async function openTopics(story: Story): Promise<void> {
  const [relief, warning] = [story.as('relief/desk'), story.as('early-warning/desk')];
  await warning.run('topic', 'open', '--purpose', 'early-warning');
  await relief.run('topic', 'open', '--purpose', 'planning', '--series', 'harbour/landings');
  expect(await relief.read(PartnerTopic, 'topic', 'get')).toMatchObject({
    topic: TOPIC,
    state: PartnerTopicState.PARTNER_TOPIC_STATE_OPEN,
    purpose: Purpose.PURPOSE_PLANNING,
    filter: { series: ['agencies/harbour/series/landings'] },
  });

  await relief.run('topic', 'credential', '--file', credentialFile(story));
  expect(statSync(credentialFile(story)).mode & 0o777).toBe(0o600);

  expect(await relief.run('alerts', 'topics', 'get')).toMatch(/^alerts +none$/m);
  await relief.run('alerts', 'topics', 'set', '--topic', 'flood/*/*');
  expect(await relief.read(GetAlertTopicsResponse, 'alerts', 'topics', 'get')).toMatchObject({ logTopic: TOPIC, filter: { topics: ['flood/*/*'] } });
}

/** What relief reads with another client than any of Corridor's, until it closes its topic. */
export async function readTopic(story: Story): Promise<void> {
  const relief = story.as('relief/desk');
  await reading(story, async (client) => {
    const types = async (): Promise<readonly string[]> => (await client.records(TOPIC)).map(({ headers }) => headers['ce_type'] ?? '');
    // Raised, updated and cancelled: each is a message of its own.
    await eventually(async () => {
      const found = await types();
      expect(found.filter((type) => type === 'corridor.hub.v1.Delivery')).toHaveLength(1);
      expect(found.filter((type) => type !== 'corridor.hub.v1.Delivery')).toHaveLength(3);
    });
    await relief.run('topic', 'close');
    await eventually(() => expect(types()).rejects.toThrow());
  });
  await eventually(() => expect(reading(story, async () => {})).rejects.toThrow('refused'));
}

async function reading(story: Story, use: (client: PartnerClient) => Promise<void>): Promise<void> {
  const { mechanism, ...access } = PartnerTopicCredential.fromJSON(JSON.parse(readFileSync(credentialFile(story), 'utf8')));
  const client = await connectOutside({ ...access, mechanism: mechanism === 'SCRAM-SHA-256' ? mechanism : expect.fail(mechanism) });
  try {
    await use(client);
  } finally {
    await client.close();
  }
}
