import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorId, agencyId, ManualClock, type Uuid } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import { openKeys, sealedCollection, SealedDocuments, TOPICS } from '@corridor/runtime';
import { CONTRIBUTIONS, RECOMMENDATIONS } from './application/stored.ts';
import { evolveContribution, flowId } from './domain/contribution.ts';
import { begun } from './domain/history.ts';
import { evolveRecommendation } from './domain/recommendation.ts';
import { AUTHORITY, flow, handling, id, MASTER_KEY, openFollowup, page, person, SECRETARIAT, START, temporaryFolder, world, type TestFollowup } from './followup.testing.ts';
import { flowFrom } from './rpc/from-wire.ts';

const MANY = 20_000;
/** How many objects may be looked at before others get their turn. */
const AT_A_TIME = 100;
const secretariat = person(SECRETARIAT);
const numbers = Array.from({ length: MANY }, (_, n) => n + 1);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let followup: TestFollowup;

beforeAll(async () => {
  folder = await temporaryFolder();
  await keepMany(folder.path);
  followup = await openFollowup(folder.path);
  await followup.know(...world());
});
afterAll(async () => {
  await followup.close();
  await folder.remove();
});

/** Has as many recommendations and flows in the file as one meeting and one agency may have over the years. */
async function keepMany(path: string): Promise<void> {
  const clock = new ManualClock(START);
  const store = await openSqliteStore({ file: join(path, 'corridor.db'), topics: Object.values(TOPICS), clock });
  const keys = await openKeys({ store: store.documents, masterKey: MASTER_KEY });
  const by = { agency: agencyId(SECRETARIAT), actor: actorId('staff-1') };
  const recommendations = new SealedDocuments(await store.documents.collection(sealedCollection(RECOMMENDATIONS)), RECOMMENDATIONS, keys.data);
  await recommendations.putAll(numbers.map((n) => ({ kind: 'put', id: id(n), doc: begun(evolveRecommendation, { at: START, by, event: { kind: 'adopted', adopted: adopted(id(n)) } }) })));
  const contributions = new SealedDocuments(await store.documents.collection(sealedCollection(CONTRIBUTIONS)), CONTRIBUTIONS, keys.data);
  const flows = numbers.map((n) => flowFrom(flow(`f${n}`), agencyId(SECRETARIAT), 'flow'));
  await contributions.putAll(flows.map((one) => ({ kind: 'put', id: flowId(one), doc: begun(evolveContribution, { at: START, by, event: { kind: 'recorded', flow: one, report: 'first' } }) })));
  await store.close();
}

const adopted = (of: Uuid) => ({
  id: of,
  meeting: 'forum',
  secretariat: agencyId(SECRETARIAT),
  reference: '',
  text: 'Open a desk.',
  themes: ['reception' as const],
  recommender: '',
  area: 'ITA',
  handling: handling(),
  addressees: [agencyId(AUTHORITY)],
});

/** What an act gives, and how often others had their turn meanwhile. */
async function turnsDuring<T>(act: () => Promise<T>): Promise<{ readonly answer: T; readonly turns: number }> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const answer = await act();
  isOver = true;
  return { answer, turns };
}

describe('over 20,000 objects others have their turn at least every hundred', () => {
  it('while recommendations are counted', async () => {
    const { answer, turns } = await turnsDuring(() => followup.call('getStatus', { filter: undefined, asOf: undefined }, secretariat));
    expect(answer.recommendations).toBe(MANY);
    expect(answer.counts.map(({ count }) => count)).toEqual([MANY]);
    expect(turns).toBeGreaterThanOrEqual(MANY / AT_A_TIME - 1);
  });

  it('while flows are added up', async () => {
    const { answer, turns } = await turnsDuring(() => followup.call('sumContributions', { filter: undefined, asOf: undefined }, secretariat));
    expect(answer.sums.map(({ amount, flows }) => [amount, flows])).toEqual([[BigInt(MANY) * 100n, MANY]]);
    expect(turns).toBeGreaterThanOrEqual(MANY / AT_A_TIME - 1);
  });

  it('while a page is looked for that holds nothing, which is given out before everything was looked at', async () => {
    const filter = { meeting: '', addressees: [], themes: [], implementations: [], overdue: false, blocked: true };
    const { answer, turns } = await turnsDuring(() => followup.call('listRecommendations', { filter, asOf: undefined, ...page }, secretariat));
    expect([answer.recommendations, answer.nextPageToken === '']).toEqual([[], false]);
    expect(turns).toBeGreaterThanOrEqual(2000 / AT_A_TIME - 1);
  });
});
