import { Tlp } from '@corridor/contracts/common/v1/vocabulary';
import type { Alert } from '@corridor/contracts/alerts/v1/alerts';
import type { PolicyEvent } from '@corridor/policy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  activate,
  agency,
  agreement,
  APPROVER,
  AUTHORITY,
  consent,
  COUNTING,
  DAY,
  eventually,
  handling,
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

beforeEach(async () => {
  folder = await temporaryFolder();
  alerts = await openAlerts(folder.path);
  await alerts.know(...world());
});
afterEach(async () => {
  await alerts.close();
  await folder.remove();
});

const readers = [WARNED, UNINFORMED, STRANGER, AUTHORITY, COUNTING];
async function raised(): Promise<Alert> {
  await alerts.settled();
  return (await listed(alerts, APPROVER))[0] ?? expect.fail('no alert was raised');
}
/** Who of the readers may see the alert: by list, by name and by a stream from the beginning, all alike. */
async function seenBy(name: string, who: readonly string[] = readers): Promise<readonly string[]> {
  const seen: string[] = [];
  for (const id of who) {
    const reader = person(id);
    const inList = (await listed(alerts, reader)).map((alert) => alert.name).includes(name);
    const byName = await alerts.call('getAlert', { name }, reader).then(
      () => true,
      (error: unknown) => {
        expect(error).toEqual(expect.objectContaining({ reason: 'NOT_FOUND' }));
        return false;
      },
    );
    const subscriber = alerts.subscribe(reader, { from: 'beginning' });
    const own = alerts.subscribe(APPROVER, { from: 'beginning' });
    await eventually(() => expect(own.deliveries.map(({ alert }) => alert?.name)).toContain(name));
    if (inList) await eventually(() => expect(subscriber.deliveries.map(({ alert }) => alert?.name)).toContain(name));
    const inStream = subscriber.deliveries.map(({ alert }) => alert?.name).includes(name);
    await subscriber.stop();
    await own.stop();
    expect({ id, inList, byName, inStream }).toEqual({ id, inList, byName: inList, inStream: inList });
    if (inList) seen.push(id);
  }
  return seen;
}
/** The world with one fact changed. */
const version = (number: number, event: PolicyEvent): PolicyEvent[] => {
  switch (event.kind) {
    case 'agency':
      return [{ ...event, fact: { ...event.fact, version: number } }];
    case 'consent':
      return [{ ...event, fact: { ...event.fact, version: number } }];
    case 'agreement':
      return [{ ...event, fact: { ...event.fact, version: number } }];
    case 'actor':
    case 'focal-point':
    case 'group':
      return [];
  }
};

describe('an alert that a rule raised', () => {
  it('reaches who may have both the alert and what it was computed from, and nobody else', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    const { name } = await raised();
    // The uninformed agency may have warnings, but not the counts; the authority's view of the counts leaves Italians out.
    expect(await seenBy(name)).toEqual([WARNED]);
  });

  it('reaches a State authority when it was computed from a view without its nationals', async () => {
    await alerts.know(agency(OWN, { version: 2, kind: 'state-authority', country: 'ITA' }));
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    expect(await seenBy((await raised()).name)).toEqual([WARNED, AUTHORITY]);
  });

  it('reaches nobody any more once the early-warning agency itself may not have its inputs', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    const { name } = await raised();
    await alerts.know(consent(COUNTING, OWN, { version: 2, revoked: true }));
    expect(await seenBy(name)).toEqual([]);
  });

  it.each<[string, PolicyEvent]>([
    ["the owner's consent to the reader is revoked", consent(COUNTING, WARNED, { revoked: true })],
    ["the early-warning agency's consent to the reader is revoked", consent(OWN, WARNED, { revoked: true })],
    ['the agreement about the counts is suspended', agreement('counts', [COUNTING, OWN, WARNED, AUTHORITY], { state: 'suspended' })],
    ['the agreement about warnings ends', agreement('warnings', [OWN, WARNED, UNINFORMED, AUTHORITY], { state: 'terminated' })],
    ['the reader is suspended', agency(WARNED, { state: 'suspended' })],
    ['the owner of the counts is suspended', agency(COUNTING, { state: 'suspended' })],
  ])('reaches its reader no more when %s', async (_, fact) => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    const { name } = await raised();
    const subscriber = alerts.subscribe(person(WARNED));
    await eventually(() => expect(subscriber.cursors).toHaveLength(1));
    await alerts.know(...version(2, fact));
    await alerts.deliver([month(1, 950)]);
    await alerts.settled();
    expect(await seenBy(name, [WARNED])).toEqual([]);
    expect(subscriber.deliveries).toEqual([]);
  });

  it('is as strict as the strictest of its rule and its inputs', async () => {
    await activate(alerts, 'surge', { handling: handling({ retentionDays: 300 }) });
    await alerts.deliver([month(0, 900)], { handling: { tlp: Tlp.TLP_AMBER_STRICT, retentionDays: 30 } });
    const { name } = await raised();
    const { alert } = await alerts.call('getAlert', { name }, person(WARNED));
    expect(alert?.handling).toMatchObject({ tlp: Tlp.TLP_AMBER_STRICT, retentionDays: 30 });
    expect(alert?.messages[0]).toMatchObject({ scope: 3, restriction: '', addresses: [`agencies/${WARNED}`] });
  });

  it('becomes as strict as a correction of its inputs asks', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    await alerts.deliver([month(0, 900, { version: 2 })], { handling: { tlp: Tlp.TLP_AMBER_STRICT } });
    expect(await raised()).toMatchObject({ handling: { tlp: Tlp.TLP_AMBER_STRICT }, messages: [{}, {}] });
  });

  it('goes to nobody when its rule and its inputs have no purpose in common', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)], { handling: { purposes: [5] } });
    expect(await seenBy((await raised()).name)).toEqual([]);
  });

  it('that is RED reaches only those it names, in person', async () => {
    const named = handling({ tlp: Tlp.TLP_RED, namedActors: [`agencies/${WARNED}/actors/staff-1`] });
    await activate(alerts, 'surge', { handling: named });
    await alerts.deliver([month(0, 900)]);
    const { name } = await raised();
    expect(await seenBy(name)).toEqual([WARNED]);
    await expect(alerts.call('getAlert', { name }, person(WARNED, 'staff-2'))).rejects.toEqual(expect.objectContaining({ reason: 'NOT_FOUND' }));
  });

  it('names no place more exactly than its reader may know it', async () => {
    const place = { country: '', adminCode: 'SY02', route: '', point: undefined };
    await alerts.know(agreement('counts', [COUNTING, OWN, WARNED, AUTHORITY], { version: 2 }, { owners: [person(COUNTING).agency], highestPrecision: 'country' }));
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900, { place })]);
    expect(await seenBy((await raised()).name)).toEqual([]);
    await alerts.know(agreement('counts', [COUNTING, OWN, WARNED, AUTHORITY], { version: 3 }, { owners: [person(COUNTING).agency], highestPrecision: 'admin1' }));
    expect(await seenBy((await raised()).name)).toEqual([WARNED]);
  });

  it('may be kept no longer than anything it was computed from', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)], { expireTime: START + 20 * DAY });
    await alerts.settled();
    expect(await alerts.keys.data.list({ prefix: `${OWN}/surge/` }, 10)).toEqual([`${OWN}/surge/2026-12`]);
  });
});

describe('the record', () => {
  it('holds each decision and each read before anything goes out, in the name of the alert', async () => {
    await activate(alerts, 'surge');
    const subscriber = alerts.subscribe(person(WARNED));
    const refused = alerts.subscribe(person(UNINFORMED));
    await eventually(() => expect([...subscriber.cursors, ...refused.cursors]).toHaveLength(2));
    await alerts.deliver([month(0, 900)]);
    await eventually(() => expect(subscriber.deliveries).toHaveLength(1));
    const id = subscriber.deliveries[0]?.alert?.name.slice('alerts/'.length) ?? '';
    const entries = await alerts.recorded();
    const reads = entries.flatMap((entry) => (entry.$case === 'read' ? [entry.value] : []));
    expect(reads).toMatchObject([
      { recipient: `agencies/${WARNED}`, actor: `agencies/${WARNED}/actors/staff-1`, updates: [`agencies/${OWN}/series/surge/updates/${id}`], refused: '' },
    ]);
    const decisions = entries.flatMap((entry) => (entry.$case === 'decision' ? [entry.value] : []));
    const decided = (recipient: string) =>
      decisions.filter((decision) => decision.recipient === `agencies/${recipient}`).map(({ series, allowed, reasons }) => [series, allowed, reasons]);
    expect(decided(WARNED)).toEqual([
      [`agencies/${OWN}/series/surge`, true, ['AGREED_AND_CONSENTED']],
      [`agencies/${COUNTING}/series/crossings`, true, ['AGREED_AND_CONSENTED']],
    ]);
    expect(decided(UNINFORMED)).toContainEqual([`agencies/${COUNTING}/series/crossings`, false, ['NO_AGREEMENT', 'NO_CONSENT']]);
    expect(refused.deliveries).toEqual([]);
  });

  it('holds a refused read, and an answer that tells nothing of it', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    const { name } = await raised();
    const answer = (of: string) => alerts.call('getAlert', { name: of }, person(UNINFORMED)).catch((error: unknown) => error);
    const there = await answer(name);
    expect(there).toEqual(await answer('alerts/00000000-0000-7000-8000-000000000000'));
    const refused = (await alerts.recorded()).flatMap((entry) => (entry.$case === 'read' && entry.value.refused !== '' ? [entry.value] : []));
    expect(refused.map(({ recipient, refused: update, reasons }) => [recipient, update, reasons])).toContainEqual([
      `agencies/${UNINFORMED}`,
      `agencies/${OWN}/series/surge/updates/${name.slice('alerts/'.length)}`,
      ['NO_AGREEMENT', 'NO_CONSENT'],
    ]);
  });
});
