import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { systemClock } from '@corridor/kernel';
import { listed, meet, openFollowup, page, person, SECRETARIAT, temporaryFolder, world, type TestFollowup } from './followup.testing.ts';

const ADOPTER = new URL('killed-adopter.testing.ts', import.meta.url).pathname;
const SIZE = 40;
const KILLS = 5;

/** Runs the adopter from a batch on and kills it `afterMs` into one that it begins; which batch was begun last, and which answered. */
async function killedIn(folder: string, from: number, afterMs: number): Promise<{ readonly begun: number; readonly answered: number }> {
  const child = spawn(process.execPath, [ADOPTER, folder, String(from), String(SIZE)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let [begun, answered] = [-1, -1];
  let killing: Promise<void> | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [batch = '', word] = line.split(' ');
    if (word === 'answered') answered = Number(batch);
    else begun = Number(batch);
    if (begun >= from + 1) killing ??= systemClock.wait(afterMs).then(() => void child.kill('SIGKILL'));
  });
  await once(child, 'close');
  await killing;
  return { begun, answered };
}

const all = async (followup: TestFollowup): Promise<{ readonly recommendations: number; readonly flows: number; readonly reports: number }> => {
  const { contributions } = await followup.call('listContributions', { filter: undefined, asOf: undefined, ...page, pageSize: 1000 }, person(SECRETARIAT));
  const { recommendations } = await followup.call('getStatus', { filter: undefined, asOf: undefined }, person(SECRETARIAT));
  return { recommendations, flows: contributions.length, reports: contributions.reduce((sum, { reports }) => sum + reports, 0) };
};

describe('killed again and again while batches are entered', () => {
  it('has each batch whole or not at all, each answered one whole, each flow reported once, and every event in the log', { timeout: 60_000 }, async () => {
    const folder = await temporaryFolder();
    let followup = await openFollowup(folder.path, { clock: systemClock });
    await followup.know(...world());
    await meet(followup);
    await followup.close();
    let from = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { begun, answered } = await killedIn(folder.path, from, 7 * kill);
      followup = await openFollowup(folder.path, { clock: systemClock });
      const { recommendations, flows, reports } = await all(followup);
      expect([recommendations % SIZE, flows % SIZE, reports]).toEqual([0, 0, flows]);
      expect(Math.min(recommendations, flows)).toBeGreaterThanOrEqual((answered + 1) * SIZE);
      expect(Math.max(recommendations, flows)).toBeLessThanOrEqual((begun + 1) * SIZE);
      from = Math.floor(Math.min(recommendations, flows) / SIZE);
      await expect
        .poll(async () => (await followup.events()).filter(({ cause, version }) => cause === 'recommendation.adopted' && version === 1).length, { timeout: 10_000 })
        .toBeGreaterThanOrEqual(recommendations);
      expect((await listed(followup, person(SECRETARIAT))).length).toBe(Math.min(100, recommendations));
      await followup.close();
    }
    expect(from).toBeGreaterThanOrEqual(KILLS);
    await folder.remove();
  });
});
