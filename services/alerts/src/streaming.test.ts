import { systemClock } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activate, APPROVER, eventually, listed, month, openAlerts, person, retracted, temporaryFolder, WARNED, world, type TestAlerts } from './alerts.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let alerts: TestAlerts;
const RELIEF = person(WARNED);

beforeEach(async () => {
  folder = await temporaryFolder();
  alerts = await openAlerts(folder.path);
  await alerts.know(...world());
});
afterEach(async () => {
  await alerts.close();
  await folder.remove();
});

const threads = async () => (await listed(alerts, APPROVER)).map(({ state, messages }) => ({ state, messages: messages.map(({ messageType }) => messageType) }));
const ALERT = 1;
const UPDATE = 2;
const CANCEL = 3;

describe('an observation', () => {
  it('above a threshold reaches a subscriber as an alert with its reasons', async () => {
    await activate(alerts, 'surge-central');
    const subscriber = alerts.subscribe(RELIEF);
    await eventually(() => expect(subscriber.cursors).toHaveLength(1));
    await alerts.deliver([month(6, 1240)]);
    await eventually(() => expect(subscriber.causes()).toEqual(['alert.raised']));
    const [alert] = subscriber.deliveries.map((delivery) => delivery.alert);
    expect(alert?.provenance?.explanation).toBe(
      '1,240 arrivals on the Central Mediterranean Route in July 2026 are 155 % of the threshold of 800 that rule surge-central sets.',
    );
    expect(alert).toMatchObject({ topic: 'displacement/central-mediterranean-route/severe', version: 1n, author: '', duties: [] });
    expect(alert?.messages[0]).toMatchObject({ sender: 'agencies/early-warning', messageType: ALERT, scope: 2, addresses: [] });
  });
});
