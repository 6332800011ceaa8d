import { CapMessageType } from '@corridor/contracts/alerts/v1/cap';
import { Direction } from '@corridor/contracts/alerts/v1/rules';
import { Severity } from '@corridor/contracts/hub/v1/updates';
import { ManualClock } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  activate,
  APPROVER,
  listed,
  month,
  openAlerts,
  OWN,
  retracted,
  START,
  temporaryFolder,
  world,
  type TestAlerts,
} from './alerts.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let alerts: TestAlerts;
let clock: ManualClock;

beforeEach(async () => {
  folder = await temporaryFolder();
  clock = new ManualClock(START);
  alerts = await openAlerts(folder.path, { clock });
  await alerts.know(...world());
});
afterEach(async () => {
  await alerts.close();
  await folder.remove();
});

const { CAP_MESSAGE_TYPE_ALERT: ALERT, CAP_MESSAGE_TYPE_UPDATE: UPDATE, CAP_MESSAGE_TYPE_CANCEL: CANCEL } = CapMessageType;
const RISE = { $case: 'rateOfChange' as const, value: { perCent: 50, direction: Direction.DIRECTION_ABOVE, windowPeriods: 3, leastKnownPeriods: 2, leastMean: 0n } };
const STEPS = [{ atLeast: 50, severity: Severity.SEVERITY_MODERATE }];

/** The threads there are, oldest first, each by the natures of its messages. */
async function threads(): Promise<readonly (readonly CapMessageType[])[]> {
  await alerts.settled();
  return (await listed(alerts, APPROVER)).map(({ messages }) => messages.map(({ messageType }) => messageType)).toReversed();
}
async function only() {
  await alerts.settled();
  const all = await listed(alerts, APPROVER);
  expect(all).toHaveLength(1);
  return all[0] ?? expect.fail('there is no alert');
}

describe('an episode', () => {
  it('is one thread: each period after the first updates it', async () => {
    await activate(alerts, 'surge');
    for (const number of [0, 1, 2]) await alerts.deliver([month(number, 900 + number)]);
    expect(await threads()).toEqual([[ALERT, UPDATE, UPDATE]]);
    const { messages } = await only();
    expect(messages[2]?.references).toEqual([`agencies/${OWN},${messages[1]?.identifier},2026-11-21T12:00:00-00:00`]);
  });

  it('ends with a period below the threshold, or a gap; the next alarm begins another', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900), month(1, 100), month(2, 900), month(4, 900)]);
    expect(await threads()).toHaveLength(3);
  });

  it('of ten years of alarms goes on in another thread after 100 messages', async () => {
    await activate(alerts, 'surge');
    for (let number = 0; number < 120; number += 30) await alerts.deliver(Array.from({ length: 30 }, (_, i) => month(number + i, 900)));
    expect((await threads()).map((messages) => messages.length).toSorted((a, b) => a - b)).toEqual([21, 99]);
  });

  it('goes on in another thread when people have filled the first one with words', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    const { name, messages } = await only();
    const [info] = messages[0]?.infos ?? [];
    if (info === undefined) expect.fail('the alert says nothing');
    const wordy = Array.from({ length: 10 }, (_, i) => ({ ...info, language: `x${String.fromCodePoint(97 + i)}`, description: '𝔴'.repeat(4000), instruction: '𝔴'.repeat(2000) }));
    const update = () => alerts.call('updateAlert', { name, expectedVersion: 0n, infos: wordy }, APPROVER);
    await update();
    await update();
    await expect(update()).rejects.toEqual(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
    await alerts.deliver([month(1, 950)]);
    expect((await threads()).toSorted((a, b) => b.length - a.length)).toEqual([[ALERT, UPDATE, UPDATE], [ALERT]]);
    await alerts.deliver([month(0, 100, { version: 2 })]);
    expect((await threads()).toSorted((a, b) => b.length - a.length)).toEqual([[ALERT, UPDATE, UPDATE, CANCEL], [ALERT]]);
  });

  it('takes up a month that arrives late', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(1, 900)]);
    await alerts.deliver([month(0, 900)]);
    expect(await threads()).toEqual([[ALERT, UPDATE]]);
  });
});

describe('a correction', () => {
  it('that changes the number updates the thread; one that takes the alarm away cancels it and says why', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    await alerts.deliver([month(0, 1300, { version: 2 })]);
    expect((await only()).topic).toBe('displacement/central-mediterranean-route/severe');
    await alerts.deliver([month(0, 700, { version: 3 })]);
    const alert = await only();
    expect(alert.messages.map(({ messageType }) => messageType)).toEqual([ALERT, UPDATE, CANCEL]);
    expect(alert.state).toBe(3);
    expect(alert.messages[2]?.note).toBe(
      'What was reported on the Central Mediterranean Route in January 2026 was corrected or taken back: rule surge raises no alarm for it any more.',
    );
  });

  it('that changes nothing that is told is not told', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900, { rows: { SYR: 500, ERI: 400 } })]);
    await alerts.deliver([month(0, 900, { version: 2, rows: { SYR: 400, ERI: 500 } })]);
    expect(await threads()).toEqual([[ALERT]]);
  });

  it('of one of several alarms leaves the thread open with the others', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900), month(1, 1300)]);
    await alerts.deliver([month(1, 100, { version: 2 })]);
    const alert = await only();
    expect(alert.messages.map(({ messageType }) => messageType)).toEqual([ALERT, UPDATE, UPDATE]);
    expect(alert).toMatchObject({ state: 2, topic: 'displacement/central-mediterranean-route/moderate', provenance: { strength: 112 } });
  });

  it('reaches every period in whose window it lies', async () => {
    await activate(alerts, 'rise', { detector: RISE, severities: STEPS });
    await alerts.deliver([month(0, 100), month(1, 100), month(2, 100), month(3, 150)]);
    expect((await only()).provenance).toMatchObject({ strength: 50, explanation: expect.stringContaining('50 % above the mean of 100 over 3 of the 3 periods before') });
    await alerts.deliver([month(0, 400, { version: 2 })]);
    expect(await threads()).toEqual([[ALERT, CANCEL]]);
    await alerts.deliver([month(0, 100, { version: 3 })]);
    expect((await threads()).toSorted((a, b) => b.length - a.length)).toEqual([[ALERT, CANCEL], [ALERT]]);
  });

  it('that takes a report back is a retraction', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    await alerts.deliver([retracted(0, 2)]);
    expect(await threads()).toEqual([[ALERT, CANCEL]]);
    await alerts.deliver([month(0, 900)]);
    expect(await threads()).toEqual([[ALERT, CANCEL]]);
  });

  it('that moves a report to another month is evaluated in both', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    await alerts.deliver([{ ...month(5, 950, { version: 2 }), name: month(0, 0).name }]);
    expect((await threads()).toSorted((a, b) => b.length - a.length)).toEqual([[ALERT, CANCEL], [ALERT]]);
  });
});
