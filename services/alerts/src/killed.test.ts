import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Alert } from '@corridor/contracts/alerts/v1/alerts';
import { systemClock } from '@corridor/kernel';
import { expect, it } from 'vitest';
import { activate, APPROVER, eventually, listed, openAlerts, person, temporaryFolder, WARNED, world } from './alerts.testing.ts';
import { DELIVERIES, expectedThreads } from './killed-story.testing.ts';

const KILLS = 4;
const NODE = new URL('killed-node.testing.ts', import.meta.url).pathname;

/** Runs the node until it has delivered so many and a moment has passed, then kills it; to the end when that never comes. */
async function run(folder: string, until: number, moment: number): Promise<{ readonly delivered: number; readonly isDone: boolean }> {
  const node = spawn(process.execPath, [NODE, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let delivered = 0;
  let isDone = false;
  const exited = new Promise((resolve) => node.on('exit', resolve));
  for await (const line of createInterface({ input: node.stdout })) {
    if (line === 'done') isDone = true;
    else delivered = Number(line) + 1;
    if (delivered < until || isDone) continue;
    await systemClock.wait(moment);
    node.kill('SIGKILL');
    break;
  }
  await exited;
  return { delivered, isDone };
}

/** What the messages of an alert say, as the story writes it. */
const told = ({ messages }: Alert): readonly string[] =>
  messages.map(({ infos }) => {
    const [info] = infos;
    if (info?.onset === undefined) return '-';
    const number = 12 * (info.onset.getUTCFullYear() - 2026) + info.onset.getUTCMonth();
    return `${number}:${info.headline.split(' ')[0]?.replaceAll(',', '')}`;
  });

it('killed again and again while updates flow, raises exactly the alerts that an independent computation expects, none twice', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  const founding = await openAlerts(folder.path, { clock: systemClock });
  await founding.know(...world());
  await activate(founding, 'surge');
  await founding.close();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const { isDone } = await run(folder.path, Math.floor((kill * DELIVERIES) / (KILLS + 1)), randomInt(40));
    expect(isDone).toBe(false);
  }
  expect(await run(folder.path, Number.POSITIVE_INFINITY, 0)).toMatchObject({ isDone: true });
  const alerts = await openAlerts(folder.path, { clock: systemClock });
  try {
    const all = await listed(alerts, APPROVER);
    const expected = expectedThreads();
    expect(expected.length).toBeGreaterThan(10);
    expect(all.map(told).toSorted((a, b) => (a.join() < b.join() ? -1 : 1))).toEqual(expected);
    // Whoever subscribes is told of every message once, in its order, also where a relay put it into the log twice.
    const subscriber = alerts.subscribe(person(WARNED), { from: 'beginning' });
    const messages = expected.reduce((sum, thread) => sum + thread.length, 0);
    await eventually(() => expect(subscriber.deliveries.length).toBeGreaterThanOrEqual(messages));
    const lengths = Map.groupBy(subscriber.deliveries, ({ alert }) => alert?.name);
    for (const [, deliveries] of lengths) expect(deliveries.map(({ alert }) => alert?.messages.length)).toEqual(deliveries.map((_, i) => i + 1));
    expect(subscriber.deliveries).toHaveLength(messages);
  } finally {
    await alerts.close();
    await folder.remove();
  }
});
