import type { Alert, DraftAlertRequest } from '@corridor/contracts/alerts/v1/alerts';
import { CapCategory, CapCertainty, CapStatus, CapUrgency, type CapInfo } from '@corridor/contracts/alerts/v1/cap';
import { Category, LegalBasis, PersonalDataLevel, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { Severity } from '@corridor/contracts/hub/v1/updates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  APPROVER,
  AUTHOR,
  DAY,
  eventually,
  focalPoint,
  handling,
  listed,
  newAlertId,
  openAlerts,
  OWN,
  person,
  ROUTE,
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

beforeAll(async () => {
  folder = await temporaryFolder();
  alerts = await openAlerts(folder.path);
  await alerts.know(...world(), focalPoint(WARNED), focalPoint(STRANGER));
});
afterAll(async () => {
  await alerts.close();
  await folder.remove();
});

const info = (change: Partial<CapInfo> = {}): CapInfo => ({
  language: 'en',
  category: CapCategory.CAP_CATEGORY_RESCUE,
  event: 'Storm at sea',
  urgency: CapUrgency.CAP_URGENCY_EXPECTED,
  severity: Severity.SEVERITY_SEVERE,
  certainty: CapCertainty.CAP_CERTAINTY_LIKELY,
  onset: new Date(START),
  expires: new Date(START + DAY),
  headline: 'A storm is coming',
  description: 'Small boats may be in distress.',
  instruction: 'Keep watch.',
  areas: [{ areaDescription: 'Central Mediterranean', place: ROUTE }],
  ...change,
});
const request = (change: Partial<DraftAlertRequest> = {}): DraftAlertRequest => ({
  alertId: newAlertId(),
  hazard: 'storm',
  area: ROUTE,
  category: Category.CATEGORY_MOVEMENT,
  handling: handling(),
  status: CapStatus.CAP_STATUS_ACTUAL,
  note: '',
  infos: [info(), info({ language: 'ar', headline: 'عاصفة قادمة' })],
  acknowledgement: { theme: 'rescue', deadlineSeconds: 60, escalationSeconds: 60 },
  ...change,
});
const draft = async (change: Partial<DraftAlertRequest> = {}): Promise<Alert> => (await alerts.call('draftAlert', request(change), AUTHOR)).alert ?? expect.fail('no draft');
const approve = async (name: string, by = APPROVER): Promise<Alert> => (await alerts.call('approveAlert', { name, expectedVersion: 0n }, by)).alert ?? expect.fail('no alert');
const names = async (by: ReturnType<typeof person>, filter = {}): Promise<readonly string[]> => (await listed(alerts, by, filter)).map(({ name }) => name);
const refusal = (reason: string, field?: string): unknown => expect.objectContaining({ reason, ...(field === undefined ? {} : { metadata: { field } }) });

describe('an alert that a person drafts', () => {
  it('is seen by nobody but the early-warning agency until another person issues it', async () => {
    const { name, state, messages } = await draft();
    expect(state).toBe(1);
    expect(messages[0]?.infos.map(({ headline }) => headline)).toEqual(['A storm is coming', 'عاصفة قادمة']);
    await expect(alerts.call('getAlert', { name }, person(WARNED))).rejects.toEqual(refusal('NOT_FOUND'));
    await expect(approve(name, AUTHOR)).rejects.toEqual(refusal('FOUR_EYES'));
    const issued = await approve(name);
    expect(issued).toMatchObject({ state: 2, version: 2n, author: AUTHOR.name, provenance: undefined, raiseTime: new Date(START) });
    expect(issued.duties.map(({ focalPoint: of }) => of)).toEqual([`agencies/${WARNED}/focalPoints/desk`]);
    // Nothing went into it: the agreement about warnings is enough.
    for (const reader of [WARNED, UNINFORMED]) expect(await names(person(reader))).toContain(name);
    expect(await names(person(STRANGER))).not.toContain(name);
    expect((await alerts.call('getAlert', { name }, person(WARNED))).alert).toMatchObject({ version: 2n, author: '' });
    await expect(approve(name)).rejects.toEqual(refusal('STATE_FORBIDS'));
  });

  it('that is CLEAR is for everybody, since a person approved it', async () => {
    const clear = handling({ tlp: Tlp.TLP_CLEAR, legalBasis: LegalBasis.LEGAL_BASIS_NOT_PERSONAL, personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_NONE });
    const { name } = await draft({ handling: clear, category: Category.CATEGORY_CRISIS });
    expect((await approve(name)).messages[0]).toMatchObject({ scope: 1, restriction: '' });
    expect(await names(person(STRANGER))).toContain(name);
  });

  it('is told of as it is issued, updated and cancelled, and not before', async () => {
    const subscriber = alerts.subscribe(person(WARNED));
    await eventually(() => expect(subscriber.cursors).toHaveLength(1));
    const { name } = await draft({ acknowledgement: undefined });
    const discarded = await draft();
    await alerts.call('cancelAlert', { name: discarded.name, expectedVersion: 1n, reason: 'a mistake' }, APPROVER);
    await approve(name);
    const milder = [info({ severity: Severity.SEVERITY_MINOR, headline: 'It blows over', expires: new Date(START + 2 * DAY) })];
    const { alert: updated } = await alerts.call('updateAlert', { name, expectedVersion: 0n, infos: milder }, APPROVER);
    expect(updated).toMatchObject({ topic: `storm/${ROUTE}/minor`, expireTime: new Date(START + 2 * DAY) });
    const { alert: cancelled } = await alerts.call('cancelAlert', { name, expectedVersion: 0n, reason: 'it has passed' }, APPROVER);
    expect(cancelled?.messages.at(-1)).toMatchObject({ messageType: 3, note: 'it has passed', infos: [] });
    await eventually(() => expect(subscriber.causes()).toEqual(['alert.approved', 'alert.updated', 'alert.cancelled']));
    expect(subscriber.deliveries.map(({ alert }) => [alert?.name, alert?.version])).toEqual([
      [name, 1n],
      [name, 2n],
      [name, 3n],
    ]);
    await expect(alerts.call('updateAlert', { name, expectedVersion: 0n, infos: milder }, APPROVER)).rejects.toEqual(refusal('STATE_FORBIDS'));
    await expect(alerts.call('cancelAlert', { name, expectedVersion: 0n, reason: 'again' }, APPROVER)).rejects.toEqual(refusal('STATE_FORBIDS'));
  });

  it('is the same draft when it is sent again, and refused with other content', async () => {
    const wanted = request();
    const { alert } = await alerts.call('draftAlert', wanted, AUTHOR);
    expect((await alerts.call('draftAlert', wanted, AUTHOR)).alert).toEqual(alert);
    await expect(alerts.call('draftAlert', { ...wanted, hazard: 'flood' }, AUTHOR)).rejects.toEqual(refusal('ALREADY_EXISTS', 'alert_id'));
    await expect(alerts.call('draftAlert', wanted, APPROVER)).rejects.toEqual(refusal('ALREADY_EXISTS', 'alert_id'));
  });

  it('as an exercise reaches only who asked for exercises', async () => {
    const { name } = await draft({ status: CapStatus.CAP_STATUS_EXERCISE, note: 'Calm Sea' });
    await approve(name);
    expect(await names(person(WARNED))).not.toContain(name);
    expect(await names(person(WARNED), { statuses: [CapStatus.CAP_STATUS_EXERCISE] })).toContain(name);
    const usual = alerts.subscribe(person(WARNED), { from: 'beginning' });
    const exercising = alerts.subscribe(person(WARNED), { from: 'beginning', filter: { statuses: [CapStatus.CAP_STATUS_EXERCISE] } });
    await eventually(() => expect(exercising.deliveries.map(({ alert }) => alert?.name)).toContain(name));
    expect(exercising.deliveries.every(({ alert }) => alert?.messages[0]?.status === CapStatus.CAP_STATUS_EXERCISE)).toBe(true);
    expect(usual.deliveries.map(({ alert }) => alert?.name)).not.toContain(name);
  });

  it.each<[string, Partial<DraftAlertRequest>, string, string]>([
    ['with an id of another version', { alertId: '00000000-0000-8000-8000-000000000000' }, 'INVALID_ARGUMENT', 'alert_id'],
    ['with no id', { alertId: 'storm' }, 'INVALID_ID', 'alert_id'],
    ['with nothing to say', { infos: [] }, 'INVALID_ARGUMENT', 'infos'],
    ['in one language twice', { infos: [info(), info()] }, 'INVALID_ARGUMENT', 'infos[1].language'],
    ['in no language', { infos: [info({ language: 'english please' })] }, 'INVALID_ARGUMENT', 'infos[0].language'],
    ['with another severity in another language', { infos: [info(), info({ language: 'ar', severity: Severity.SEVERITY_MINOR })] }, 'INVALID_ARGUMENT', 'infos[1].severity'],
    ['that has expired', { infos: [info({ onset: new Date(START - DAY), expires: new Date(START - 1000) })] }, 'INVALID_ARGUMENT', 'infos[0].expires'],
    ['that never expires', { infos: [info({ expires: new Date(START + 400 * DAY) })] }, 'INVALID_ARGUMENT', 'infos[0].expires'],
    ['that ends before it begins', { infos: [info({ onset: new Date(START + 2 * DAY) })] }, 'INVALID_ARGUMENT', 'infos[0].expires'],
    ['without an area', { infos: [info({ areas: [] })] }, 'INVALID_ARGUMENT', 'infos[0].areas'],
    ['about a place nobody knows', { area: 'XYZ' }, 'UNKNOWN_PLACE', 'area'],
    ['with a place nobody knows', { infos: [info({ areas: [{ areaDescription: 'there', place: 'XYZ' }] })] }, 'UNKNOWN_PLACE', 'infos[0].areas[0].place'],
    ['as an exercise without a name', { status: CapStatus.CAP_STATUS_EXERCISE }, 'INVALID_ARGUMENT', 'note'],
    ['with the name of an exercise, being none', { note: 'Calm Sea' }, 'INVALID_ARGUMENT', 'note'],
    ['as a draft for machines', { status: CapStatus.CAP_STATUS_DRAFT }, 'INVALID_ARGUMENT', 'status'],
    ['without a category', { category: 0 }, 'UNKNOWN_ENUM_VALUE', 'category'],
    ['for a purpose nobody receives alerts for', { handling: handling({ purposes: [5] }) }, 'HANDLING_CONTRADICTORY', 'handling.purposes'],
    ['public about protection, without an attestation', { handling: handling({ tlp: Tlp.TLP_CLEAR }), category: Category.CATEGORY_PROTECTION }, 'HANDLING_CONTRADICTORY', 'tlp'],
    ['public as attested by nobody who may', { handling: handling({ tlp: Tlp.TLP_CLEAR, publicityAttestedBy: `agencies/${OWN}/actors/nobody` }) }, 'HANDLING_CONTRADICTORY', 'publicity_attested_by'],
    ['with a headline of two lines', { infos: [info({ headline: 'one\ntwo' })] }, 'INVALID_ARGUMENT', 'infos[0].headline'],
    ['with a description beyond its bound', { infos: [info({ description: 'x'.repeat(4001) })] }, 'INVALID_ARGUMENT', 'infos[0].description'],
    ['with a moment between two seconds', { infos: [info({ onset: new Date(START + 1) })] }, 'INVALID_ARGUMENT', 'infos[0].onset'],
  ])('is refused %s', async (_, change, reason, field) => {
    await expect(draft(change)).rejects.toEqual(refusal(reason, field));
  });

  it('of many words fills a page of a list sooner: what does not fit comes with the next', async () => {
    const wordy = Array.from({ length: 10 }, (_, i) => info({ language: `x${String.fromCodePoint(97 + i)}`, description: '𝔴'.repeat(4000), instruction: '𝔴'.repeat(2000) }));
    const drafts = await Promise.all(Array.from({ length: 12 }, () => draft({ infos: wordy, hazard: 'wordy' })));
    const request = { filter: { topics: ['wordy/*/*'], statuses: [] }, states: [1 as const], unacknowledged: false, pageSize: 100 };
    const first = await alerts.call('listAlerts', { ...request, pageToken: '' }, APPROVER);
    expect(first.alerts.length).toBeLessThan(12);
    const second = await alerts.call('listAlerts', { ...request, pageToken: first.nextPageToken }, APPROVER);
    expect([...first.alerts, ...second.alerts].map(({ name }) => name).toSorted()).toEqual(drafts.map(({ name }) => name).toSorted());
    expect(second.nextPageToken).toBe('');
  });

  it('with markup in its texts keeps them as they are: who shows them shows text', async () => {
    const headline = '<script>alert(1)</script> & "quotes"';
    const { messages } = await draft({ infos: [info({ headline })] });
    expect(messages[0]?.infos[0]?.headline).toBe(headline);
  });
});
