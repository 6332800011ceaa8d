import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { DutyState, type Alert, type Duty } from '@corridor/contracts/alerts/v1/alerts';
import { actorId, ManualClock } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  activate,
  agency,
  APPROVER,
  consent,
  DAY,
  eventually,
  focalPoint,
  listed,
  month,
  openAlerts,
  OWN,
  person,
  START,
  STRANGER,
  temporaryFolder,
  UNINFORMED,
  WARNED,
  world,
  type TestAlerts,
} from './alerts.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let alerts: TestAlerts;
let clock: ManualClock;
const HOLDER = person(WARNED, 'staff-1');
const DEPUTY = person(WARNED, 'staff-2');
const COLLEAGUE = person(WARNED, 'staff-3');
const DESK = `agencies/${WARNED}/focalPoints/desk`;
const { DUTY_STATE_OPEN: OPEN, DUTY_STATE_ESCALATED: ESCALATED, DUTY_STATE_OVERDUE: OVERDUE, DUTY_STATE_ACKNOWLEDGED: ACKNOWLEDGED } = DutyState;
const acknowledgement = { theme: 'rescue', deadlineSeconds: 60, escalationSeconds: 30 };

beforeEach(async () => {
  folder = await temporaryFolder();
  clock = new ManualClock(START);
  alerts = await openAlerts(folder.path, { clock });
  await alerts.know(...world(), ...[WARNED, UNINFORMED, STRANGER, OWN].map((id) => focalPoint(id)));
});
afterEach(async () => {
  await alerts.close();
  await folder.remove();
});

/** Lets time pass in steps in which nobody's confirmation of the policy state lapses. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 200) {
    clock.advance(Math.min(200, ms - passed));
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}
async function raised(): Promise<Alert> {
  await alerts.deliver([month(0, 900)]);
  await alerts.settled();
  return (await listed(alerts, APPROVER, { statuses: [1, 2, 4] }))[0] ?? expect.fail('no alert was raised');
}
const duties = async (of = APPROVER): Promise<readonly Duty[]> => (await listed(alerts, of)).flatMap((alert) => alert.duties);
const acknowledge = async (name: string, by: typeof HOLDER, point = DESK, note = '') =>
  (await alerts.call('acknowledgeAlert', { name, focalPoint: point, note }, by)).alert ?? expect.fail('no alert');
const refusal = (reason: string): unknown => expect.objectContaining({ reason });

describe('the duty to acknowledge', () => {
  it('is that of the focal points of those agencies that may have the alert, and known to each alone', async () => {
    await activate(alerts, 'surge', { acknowledgement });
    const alert = await raised();
    expect(alert.duties).toMatchObject([{ focalPoint: DESK, state: OPEN, deadline: new Date(START + 60_000), late: false }]);
    expect(await duties(HOLDER)).toHaveLength(1);
    await alerts.know(consent(OWN, STRANGER));
    expect(await duties(person(STRANGER))).toEqual([]);
  });

  it.each<[string, Parameters<typeof focalPoint>[1], number]>([
    ['of the theme', {}, 1],
    ['of another theme', { theme: 'reception' }, 0],
    ['of an area that holds the place', { area: 'm49-001' }, 1],
    ['of another area', { area: 'black-sea-route' }, 0],
    ['that is not valid yet', { validFrom: START + DAY }, 0],
    ['that is valid no more', { validUntil: START }, 0],
  ])('falls on a focal point %s: %#', async (_, change, count) => {
    await alerts.know(focalPoint(WARNED, { ...change, version: 2 }));
    await activate(alerts, 'surge', { acknowledgement });
    expect((await raised()).duties).toHaveLength(count);
  });

  it('is fulfilled by the holder, once, with a note for the early-warning agency', async () => {
    await activate(alerts, 'surge', { acknowledgement });
    const { name } = await raised();
    const done = await acknowledge(name, HOLDER, DESK, 'seen, boats are out');
    expect(done.duties).toMatchObject([{ state: ACKNOWLEDGED, acknowledgedBy: HOLDER.name, note: 'seen, boats are out', late: false, acknowledgeTime: new Date(START) }]);
    const again = await acknowledge(name, HOLDER, DESK, 'again');
    expect(again).toEqual(done);
    await pass(100_000);
    expect(await duties()).toMatchObject([{ state: ACKNOWLEDGED, note: 'seen, boats are out' }]);
  });

  it('is escalated to the deputies, then overdue; fulfilled late it counts, marked as late', async () => {
    await activate(alerts, 'surge', { acknowledgement });
    const subscriber = alerts.subscribe(HOLDER);
    await eventually(() => expect(subscriber.cursors).toHaveLength(1));
    const { name } = await raised();
    await expect(acknowledge(name, DEPUTY)).rejects.toEqual(refusal('PERMISSION_DENIED'));
    await pass(60_000);
    await eventually(async () => expect(await duties()).toMatchObject([{ state: ESCALATED, escalateTime: new Date(START + 60_000), deadline: new Date(START + 90_000) }]));
    await expect(acknowledge(name, COLLEAGUE)).rejects.toEqual(refusal('PERMISSION_DENIED'));
    await pass(30_000);
    await eventually(async () => expect(await duties()).toMatchObject([{ state: OVERDUE }]));
    const done = await acknowledge(name, DEPUTY);
    expect(done.duties).toMatchObject([{ state: ACKNOWLEDGED, late: true, acknowledgedBy: DEPUTY.name }]);
    await eventually(() => expect(subscriber.causes()).toEqual(['alert.raised', 'duty.escalated', 'duty.overdue', 'duty.acknowledged']));
    expect(subscriber.deliveries.map(({ alert }) => alert?.version)).toEqual([2n, 3n, 4n, 5n]);
  });

  it('may be fulfilled by a deputy while the holder is absent', async () => {
    await alerts.know(focalPoint(WARNED, { version: 2, absentUntil: START + DAY }));
    await activate(alerts, 'surge', { acknowledgement });
    const { name } = await raised();
    expect((await acknowledge(name, DEPUTY)).duties).toMatchObject([{ state: ACKNOWLEDGED, acknowledgedBy: DEPUTY.name }]);
  });

  it('follows the focal point: who holds it now answers', async () => {
    await activate(alerts, 'surge', { acknowledgement });
    const { name } = await raised();
    await alerts.know(focalPoint(WARNED, { version: 2, holder: actorId('staff-3') }));
    await expect(acknowledge(name, HOLDER)).rejects.toEqual(refusal('PERMISSION_DENIED'));
    expect((await acknowledge(name, COLLEAGUE)).duties[0]?.state).toBe(ACKNOWLEDGED);
  });

  it("is nobody else's: not another agency's, nor one that the alert does not impose", async () => {
    await activate(alerts, 'surge', { acknowledgement });
    const { name } = await raised();
    await expect(acknowledge(name, HOLDER, `agencies/${UNINFORMED}/focalPoints/desk`)).rejects.toEqual(refusal('PERMISSION_DENIED'));
    await expect(acknowledge(name, HOLDER, `agencies/${WARNED}/focalPoints/other`)).rejects.toEqual(refusal('NOT_FOUND'));
    await expect(acknowledge(name, person(STRANGER), `agencies/${STRANGER}/focalPoints/desk`)).rejects.toEqual(refusal('NOT_FOUND'));
    await expect(acknowledge('alerts/00000000-0000-7000-8000-000000000000', HOLDER)).rejects.toEqual(refusal('NOT_FOUND'));
  });

  it('of another agency changes nothing that a subscriber sees', async () => {
    await alerts.know(agency('other'), consent('border-watch', 'other'), consent(OWN, 'other'), focalPoint('other'));
    await alerts.know(
      ...world().flatMap((event) => (event.kind === 'agreement' ? [{ ...event, fact: { ...event.fact, version: 2, parties: [...event.fact.parties, person('other').agency] } }] : [])),
    );
    await activate(alerts, 'surge', { acknowledgement });
    const subscriber = alerts.subscribe(HOLDER);
    const own = alerts.subscribe(APPROVER);
    await eventually(() => expect([subscriber.cursors, own.cursors].map(({ length }) => length)).toEqual([1, 1]));
    const { name, duties: all } = await raised();
    expect(all).toHaveLength(2);
    await acknowledge(name, person('other'), 'agencies/other/focalPoints/desk');
    await acknowledge(name, HOLDER);
    await eventually(() => expect(own.causes()).toEqual(['alert.raised', 'duty.acknowledged', 'duty.acknowledged']));
    await eventually(() => expect(subscriber.causes()).toEqual(['alert.raised', 'duty.acknowledged']));
    expect(subscriber.deliveries.map(({ alert }) => alert?.version)).toEqual([2n, 3n]);
  });

  it('is imposed by no test, and by an exercise on who takes part in it', async () => {
    await activate(alerts, 'test', { acknowledgement, status: CapStatus.CAP_STATUS_TEST });
    await activate(alerts, 'exercise', { acknowledgement, status: CapStatus.CAP_STATUS_EXERCISE, title: 'Exercise Calm Sea' });
    await raised();
    const all = await listed(alerts, APPROVER, { statuses: [2, 4] });
    expect(all.map(({ provenance, duties: imposed, messages }) => [provenance?.rule, imposed.length, messages[0]?.note]).toSorted((a, b) => Number(b[1]) - Number(a[1]))).toEqual([
      ['rules/exercise', 1, 'Exercise Calm Sea'],
      ['rules/test', 0, ''],
    ]);
    expect(await listed(alerts, HOLDER)).toEqual([]);
  });

  it('shows in lists of what is not acknowledged yet', async () => {
    await activate(alerts, 'surge', { acknowledgement });
    const { name } = await raised();
    const open = async (by: typeof HOLDER) =>
      (await alerts.call('listAlerts', { filter: undefined, states: [], unacknowledged: true, pageSize: 0, pageToken: '' }, by)).alerts.map((alert) => alert.name);
    expect(await open(HOLDER)).toEqual([name]);
    expect(await open(APPROVER)).toEqual([]);
    await acknowledge(name, HOLDER);
    expect(await open(HOLDER)).toEqual([]);
  });
});

describe('an alert', () => {
  it('expires by the clock, and is gone at the end of its retention, its id taken for good', async () => {
    await activate(alerts, 'surge', { expiresAfterSeconds: 60 });
    const { name } = await raised();
    await pass(60_000);
    await eventually(async () => expect(await listed(alerts, APPROVER)).toMatchObject([{ name, state: 4 }]));
    await eventually(async () => expect((await alerts.events()).map(({ cause }) => cause)).toContain('alert.expired'));
    clock.advance(365 * DAY);
    await eventually(async () => {
      clock.advance(200);
      expect(await listed(alerts, APPROVER)).toEqual([]);
      await expect(alerts.call('getAlert', { name }, APPROVER)).rejects.toEqual(refusal('NOT_FOUND'));
    });
    await pass(2000);
    await alerts.close();
    // A clock that is set back finds nothing either: it is gone, not only hidden.
    alerts = await openAlerts(folder.path, { clock: new ManualClock(START) });
    expect(await listed(alerts, APPROVER)).toEqual([]);
  });
});
