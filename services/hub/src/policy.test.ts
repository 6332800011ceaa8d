import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Category, LegalBasis, OnwardSharing, PersonalDataLevel, PlacePrecision, Purpose, Tlp, type LogPosition } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest, SharingConsent } from '@corridor/contracts/hub/v1/hub';
import { agencyId, CorridorError } from '@corridor/kernel';
import { openGazetteer } from '@corridor/places';
import { decide, PURPOSES, type Clause, type PolicyEvent, type UpdateClass } from '@corridor/policy';
import { CONFIRMATION_MS, handlingFrom, TOPICS, wire } from '@corridor/runtime';
import { hubGeography } from './domain/geography.ts';
import {
  actor,
  agency,
  agreement,
  clause,
  consent,
  DAY,
  group,
  handling,
  movement,
  openHub,
  person,
  request,
  rescue,
  sharing,
  START,
  temporaryFolder,
  type OpenOptions,
  type TestHub,
  type TestSubscriber,
} from './hub.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const running: TestHub[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const hub of running.splice(0)) await hub.close();
  await folder.remove();
});
async function open(options: OpenOptions = {}): Promise<TestHub> {
  const hub = await openHub(folder.path, options);
  running.push(hub);
  return hub;
}
async function started(...facts: readonly PolicyEvent[]): Promise<TestHub> {
  const hub = await open();
  await hub.know(...sharing('alpha', ['beta']), ...facts);
  return hub;
}

/** Lets everything that is ready to run do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until the subscriber stands at the end: it has been given a mark. */
async function atEnd(hub: TestHub, ...subscribers: readonly TestSubscriber[]): Promise<void> {
  for (const subscriber of subscribers) {
    const before = subscriber.cursors.length;
    for (let step = 0; step < 1000 && subscriber.cursors.length === before; step += 1) {
      hub.clock.advance(200);
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(subscriber.cursors.length).toBeGreaterThan(before);
  }
}

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => CorridorError.from(error).reason,
  );
const recordsIn = async (hub: TestHub, topic: string): Promise<number> => (await hub.log.end(topic)).reduce((a, b) => a + b, 0);
const BETA = person('beta');

describe('who receives', () => {
  it('is exactly whom policy allows at that revision, in what a preview showed byte for byte', async () => {
    const hub = await open();
    const geography = hubGeography(openGazetteer());
    const readers = ['beta', 'gamma', 'delta'] as const;
    await hub.know(agency('alpha'), actor('alpha'), ...readers.flatMap((id) => [agency(id), actor(id)]), group('task-force', ['alpha', 'beta']));
    const used = ['planning', 'protection', 'return'] as const;
    const subscribers = new Map(
      readers.flatMap((id) => used.map((purpose) => [`${id}/${purpose}`, hub.subscribe(person(id), { purpose: wire.purpose.to(purpose) })] as const)),
    );
    await atEnd(hub, ...subscribers.values());
    const some = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values], { minLength: 1 });
    const terms: fc.Arbitrary<Partial<Clause>> = fc.record({
      effect: fc.oneof({ weight: 4, arbitrary: fc.constant('permit' as const) }, { weight: 1, arbitrary: fc.constant('prohibit' as const) }),
      recipients: fc.oneof(fc.constant([]), some(readers).map((ids) => ids.map((id) => agencyId(id)))),
      purposes: some(used),
      areas: fc.constantFrom(['WORLD'], ['ITA'], ['COL']),
      withoutBreakdown: fc.boolean(),
      highestPrecision: fc.constantFrom('country' as const, 'point' as const),
      watermark: fc.boolean(),
    });
    const label = fc.constantFrom(Tlp.TLP_RED, Tlp.TLP_AMBER_STRICT, Tlp.TLP_AMBER, Tlp.TLP_GREEN, Tlp.TLP_CLEAR);
    const scene = fc.record({
      clauses: fc.array(terms, { minLength: 1, maxLength: 3 }),
      consents: fc.array(fc.record({ recipient: fc.constantFrom(...readers), purposes: some(used), revoked: fc.boolean() }), { minLength: 1, maxLength: 4 }),
      kinds: fc.tuple(...readers.map(() => fc.constantFrom({ kind: 'ngo' as const }, { kind: 'state-authority' as const, country: 'SYR' }, { state: 'suspended' as const }, { kind: 'ngo' as const }))),
      tlp: label,
      purposes: some(used),
      places: some(['ITA', 'COL', 'FRA']),
    });
    let version = 1;
    let [allowed, denied] = [0, 0];
    await fc.assert(
      fc.asyncProperty(scene, async ({ clauses, consents, kinds, tlp, purposes, places }) => {
        version += 1;
        await hub.know(
          ...readers.map((id, i) => agency(id, { ...kinds[i], version })),
          agreement('of-alpha', ['alpha', ...readers], clauses.map((each, i) => clause({ ...each, id: `c${i}` })), { version: version - 1 }),
          ...readers.map((id) => {
            const given = consents.filter(({ recipient, revoked }) => recipient === id && !revoked).flatMap((each) => each.purposes);
            return consent('alpha', id, { version: version - 1, purposes: given.length === 0 ? ['rescue'] : [...new Set(given)] });
          }),
        );
        const message: PublishRequest = request(
          'alpha',
          places.map((country) => movement({ counts: { SYR: 300, AFG: 120, FRA: 50 }, place: { country, adminCode: '', route: '', point: undefined } })),
          {
            handling: handling({
              tlp,
              purposes: purposes.map((purpose) => wire.purpose.to(purpose)),
              onwardSharing: OnwardSharing.ONWARD_SHARING_PROHIBITED,
              namedActors: tlp === Tlp.TLP_RED ? ['agencies/beta/actors/staff-1'] : [],
              communityGroups: tlp === Tlp.TLP_GREEN ? ['groups/task-force'] : [],
              publicityAttestedBy: tlp === Tlp.TLP_CLEAR ? 'agencies/alpha/actors/staff-1' : '',
            }),
          },
        );
        const { entries } = await hub.call('previewUpdates', { publish: message }, person('alpha'));
        const before = new Map([...subscribers].map(([key, { deliveries }]) => [key, deliveries.length]));
        await hub.publish(message);
        await settle();
        await vi.waitFor(() => expect([...subscribers.values()].every(({ cursors }) => cursors.length > 0)).toBe(true));
        for (const [key, subscriber] of subscribers) {
          const [id = '', purpose = ''] = key.split('/');
          const expected = places.filter((area) => {
            const of: UpdateClass = { owner: agencyId('alpha'), series: 'arrivals' as never, category: 'movement', handling: handlingFrom(message.handling), area };
            const asked = PURPOSES.find((each) => each === purpose) ?? expect.fail('no purpose');
            const decision = decide({ class: of, recipient: person(id), purpose: asked }, hub.policy.state, hub.clock.now(), geography.contains);
            return decision.outcome === 'allow';
          });
          await vi.waitFor(() => {
            const got = subscriber.deliveries.slice(before.get(key));
            expect(got.flatMap(({ batch }) => batch.updates.map(({ place }) => place?.country ?? '')).toSorted()).toEqual(expected.toSorted());
          });
          const got = subscriber.deliveries.slice(before.get(key)).map(({ bytes }) => bytes.toString('hex'));
          const shown = entries.filter((entry) => entry.recipient === `agencies/${id}` && entry.allowed && entry.purpose === wire.purpose.to(asPurpose(purpose)));
          // A preview names counterparties only; what is CLEAR goes to others too.
          const isNamed = entries.some((entry) => entry.recipient === `agencies/${id}`);
          expect(isNamed || tlp === Tlp.TLP_CLEAR || got.length === 0).toBe(true);
          if (isNamed && purposes.includes(asUsed(purpose))) expect(got.toSorted()).toEqual(shown.map(({ batch }) => batch.toString('hex')).toSorted());
          if (expected.length > 0) allowed += 1;
          else denied += 1;
        }
      }),
      { numRuns: 25 },
    );
    expect(Math.min(allowed, denied)).toBeGreaterThan(10);
  }, 60_000);

  it('of RED are the named actors, in person', async () => {
    const hub = await started(actor('beta', 'staff-2'), sharing('alpha', ['gamma'])[2] ?? expect.fail('no agency'));
    const subscribers = [hub.subscribe(BETA), hub.subscribe(person('beta', 'staff-2'))];
    await atEnd(hub, ...subscribers);
    const red = handling({ tlp: Tlp.TLP_RED, namedActors: ['agencies/beta/actors/staff-2'] });
    const update = movement();
    await hub.publish(request('alpha', [update], { handling: red }));
    await hub.publish(request('alpha', [movement()]));
    for (const subscriber of subscribers) await vi.waitFor(() => expect(subscriber.seen().length).toBeGreaterThan(0));
    expect(subscribers.map(({ deliveries }) => deliveries.length)).toEqual([1, 2]);
    const name = `agencies/alpha/series/arrivals/updates/${update.updateId}`;
    const get = (caller: typeof BETA): Promise<unknown> => hub.call('getUpdate', { name, purpose: Purpose.PURPOSE_PLANNING }, caller);
    expect(await reasonOf(get(BETA))).toBe('NOT_FOUND');
    expect(await reasonOf(get(person('beta', 'staff-2')))).toBe('none');
  });

  it('of what is CLEAR is anyone who is active, and nothing by nationality is CLEAR unless an officer attests', async () => {
    const hub = await started(agency('stranger'), actor('stranger'), agency('syria', { kind: 'state-authority', country: 'SYR' }), actor('alpha', 'intern', { roles: ['publisher'] }));
    const subscribers = [hub.subscribe(person('stranger')), hub.subscribe(person('syria'))];
    await atEnd(hub, ...subscribers);
    const clear = handling({ tlp: Tlp.TLP_CLEAR });
    const attested = (by: string) => request('alpha', [movement()], { handling: { ...clear, publicityAttestedBy: by } });
    expect(await reasonOf(hub.publish(request('alpha', [movement()], { handling: clear })))).toBe('HANDLING_CONTRADICTORY');
    expect(await reasonOf(hub.publish(attested('agencies/alpha/actors/intern')))).toBe('HANDLING_CONTRADICTORY');
    expect(await reasonOf(hub.publish(attested('agencies/beta/actors/staff-1')))).toBe('HANDLING_CONTRADICTORY');
    expect(await recordsIn(hub, TOPICS.updates.name)).toBe(0);
    await hub.publish(attested('agencies/alpha/actors/staff-1'));
    for (const subscriber of subscribers) await vi.waitFor(() => expect(subscriber.seen()).toHaveLength(1));
    expect(subscribers[0]?.deliveries[0]?.bytes).toEqual(subscribers[1]?.deliveries[0]?.bytes);
  });
});

const asUsed = (text: string) => (['planning', 'protection', 'return'] as const).find((each) => each === text) ?? expect.fail('no purpose');
const asPurpose = (text: string) => PURPOSES.find((each) => each === text) ?? expect.fail('no purpose');

describe('publishing', () => {
  const wrong: readonly (readonly [string, string, Partial<PublishRequest>])[] = [
    ['no handling', 'HANDLING_MISSING', { handling: undefined }],
    ['no label', 'HANDLING_MISSING', { handling: handling({ tlp: Tlp.TLP_UNSPECIFIED }) }],
    ['no purpose', 'HANDLING_MISSING', { handling: handling({ purposes: [] }) }],
    ['no legal basis', 'HANDLING_MISSING', { handling: handling({ legalBasis: LegalBasis.LEGAL_BASIS_UNSPECIFIED }) }],
    ['no retention', 'HANDLING_MISSING', { handling: handling({ retentionDays: 0 }) }],
    ['no precision limit', 'HANDLING_MISSING', { handling: handling({ precisionLimit: PlacePrecision.PLACE_PRECISION_UNSPECIFIED }) }],
    ['an unknown label', 'UNKNOWN_ENUM_VALUE', { handling: handling({ tlp: 17 as never }) }],
    ['an unknown purpose', 'UNKNOWN_ENUM_VALUE', { handling: handling({ purposes: [99 as never] }) }],
    ['no category', 'UNKNOWN_ENUM_VALUE', { category: Category.CATEGORY_UNSPECIFIED }],
    ['an unknown category', 'UNKNOWN_ENUM_VALUE', { category: 44 as never }],
    ['RED for nobody', 'HANDLING_CONTRADICTORY', { handling: handling({ tlp: Tlp.TLP_RED }) }],
    ['RED for somebody unknown', 'HANDLING_CONTRADICTORY', { handling: handling({ tlp: Tlp.TLP_RED, namedActors: ['agencies/beta/actors/nobody'] }) }],
    ['GREEN for a group without the owner', 'HANDLING_CONTRADICTORY', { handling: handling({ tlp: Tlp.TLP_GREEN, communityGroups: ['groups/strangers'] }) }],
    ['a level that contradicts the basis', 'HANDLING_CONTRADICTORY', { handling: handling({ personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_NONE }) }],
    ['sealed counts', 'HANDLING_CONTRADICTORY', { handling: handling({ personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_SEALED }) }],
    ['a rescue as a movement', 'INVALID_ARGUMENT', { updates: [rescue()] }],
    ['a place that is not there', 'UNKNOWN_PLACE', { updates: [movement({ place: { country: 'XXX', adminCode: '', route: '', point: undefined } })] }],
    ['a total that is not the sum', 'INVALID_ARGUMENT', { updates: [withTotal(184 + 1)] }],
    ['half a month', 'INVALID_ARGUMENT', { updates: [movement({ period: { start: new Date(Date.UTC(2026, 0, 2)), end: new Date(Date.UTC(2026, 1, 1)), granularity: 3 } })] }],
    ['an id of the future', 'INVALID_ID', { updates: [movement({ updateId: 'ffffffff-ffff-7fff-8fff-ffffffffffff' })] }],
    ['another agency’s series', 'PERMISSION_DENIED', { series: 'agencies/beta/series/arrivals' }],
    ['nothing', 'INVALID_ARGUMENT', { updates: [] }],
    ['too much', 'MESSAGE_TOO_LARGE', { updates: Array.from({ length: 257 }, () => movement()) }],
    ['a revision that nobody has', 'POLICY_UNCONFIRMED', { seenRevision: { registry: 1_000_000n, consents: 0n } }],
  ];
  let own: Awaited<ReturnType<typeof temporaryFolder>>;
  let hub: TestHub;
  beforeAll(async () => {
    own = await temporaryFolder();
    hub = await openHub(own.path);
    await hub.know(...sharing('alpha', ['beta']), group('strangers', ['beta']));
  });
  afterAll(async () => {
    await hub.close();
    await own.remove();
  });
  it.each(wrong)('refuses %s with %s, and publishes nothing', async (_, reason, change) => {
    const asked = hub.call('publish', { ...request('alpha', [movement(), ...(change.updates ?? [])]), ...change }, person('alpha'));
    const outcome = reason === 'POLICY_UNCONFIRMED' ? hub.clock.confirm(asked) : asked;
    expect(await reasonOf(outcome)).toBe(reason);
    expect(await recordsIn(hub, TOPICS.updates.name)).toBe(0);
  });
});

function withTotal(total: number) {
  const update = movement();
  const { content } = update;
  if (content?.$case !== 'movement') return expect.fail('no movement');
  return { ...update, content: { ...content, value: { ...content.value, total: { state: 1 as const, value: BigInt(total) } } } };
}

const terms = (recipient: string): SharingConsent =>
  ({ name: '', version: 0n, recipient, categories: [Category.CATEGORY_MOVEMENT], purposes: [Purpose.PURPOSE_PLANNING], expireTime: new Date(START + 100 * DAY), revokeTime: undefined });

describe('a change of the policy state', () => {
  it('that is not confirmed lets nothing out', async () => {
    const hub = await started();
    const subscriber = hub.subscribe(BETA);
    await atEnd(hub, subscriber);
    const cut = vi.spyOn(hub.store.log, 'end').mockRejectedValue(new CorridorError('UNAVAILABLE', 'cut off'));
    hub.clock.advance(1000);
    await settle();
    expect(hub.policy.confirmed()).toBe(false);
    const refused = reasonOf(hub.publish(request('alpha', [movement()])));
    await settle();
    hub.clock.advance(1000);
    expect(await refused).toBe('POLICY_UNCONFIRMED');
    cut.mockRestore();
    hub.clock.advance(200);
    await vi.waitFor(() => expect(hub.policy.confirmed()).toBe(true));
    const update = movement();
    const gate = vi.spyOn(hub.policy, 'confirmed').mockReturnValue(false);
    void hub.publish(request('alpha', [update])).catch(() => undefined);
    await settle();
    expect(subscriber.seen()).toEqual([]);
    gate.mockRestore();
  });

  const agreed = (): readonly PolicyEvent[] => [agency('gamma'), actor('gamma'), agreement('with-gamma', ['alpha', 'gamma'], [clause()])];

  it('grants: what is published with the revision of the answer reaches the new recipient', async () => {
    const hub = await started(...agreed());
    const gamma = hub.subscribe(person('gamma'));
    await atEnd(hub, gamma);
    const before = movement();
    await hub.publish(request('alpha', [before]));
    const grant = { parent: 'agencies/alpha', consentId: 'to-gamma', consent: terms('agencies/gamma') };
    const { consent: granted, revision } = await hub.call('grantConsent', grant, person('alpha'));
    expect(granted).toMatchObject({ name: 'agencies/alpha/consents/to-gamma', version: 1n });
    const after = movement();
    await hub.publish(request('alpha', [after], { seenRevision: revision }));
    // A grant never reopens what was passed.
    await vi.waitFor(() => expect(gamma.seen()).toEqual([`${after.updateId}@1`]));
    // The same grant again is the same grant; other terms under its id are refused.
    expect((await hub.call('grantConsent', grant, person('alpha'))).consent).toEqual(granted);
    const other = { ...grant, consent: { ...terms('agencies/gamma'), purposes: [Purpose.PURPOSE_RESCUE] } };
    expect(await reasonOf(hub.call('grantConsent', other, person('alpha')))).toBe('ALREADY_EXISTS');
    expect(await reasonOf(hub.call('grantConsent', { ...grant, consentId: 'no-such', consent: terms('agencies/nobody') }, person('alpha')))).toBe('NOT_FOUND');
  });

  it('revokes: it answers after one confirmation; from then on nothing more goes out, and the cut-offs say how far it went', async () => {
    const hub = await started(...agreed());
    await hub.call('grantConsent', { parent: 'agencies/alpha', consentId: 'to-gamma', consent: terms('agencies/gamma') }, person('alpha'));
    const gamma = hub.subscribe(person('gamma'));
    await atEnd(hub, gamma);
    const before = await hub.publish(request('alpha', [movement()]));
    await vi.waitFor(() => expect(gamma.seen()).toHaveLength(1));
    await atEnd(hub, gamma);
    const cursor = Buffer.from(gamma.cursors.at(-1) ?? []);
    await hub.call('acknowledgeDelivery', { purpose: Purpose.PURPOSE_PLANNING, filter: undefined, cursor }, person('gamma'));
    const second = await hub.publish(request('alpha', [movement()]));
    await vi.waitFor(() => expect(gamma.seen()).toHaveLength(2));
    const revoke = { name: 'agencies/alpha/consents/to-gamma', expectedVersion: 0n };
    let answered = false;
    const answer = hub.call('revokeConsent', revoke, person('alpha')).finally(() => {
      answered = true;
    });
    // From here on the revocation is in the log and known.
    await vi.waitFor(() => expect(hub.policy.state.consents.get('alpha/to-gamma')?.revoked).toBe(true));
    await settle();
    await settle();
    hub.clock.advance(CONFIRMATION_MS - 1);
    await settle();
    expect(answered).toBe(false);
    for (let step = 0; step < 1000 && !answered; step += 1) {
      hub.clock.advance(10);
      await settle();
    }
    const { cutOffs, consent: revoked } = await answer;
    expect(revoked?.revokeTime).toBeDefined();
    for (let i = 0; i < 5; i += 1) await hub.publish(request('alpha', [movement()]));
    await atEnd(hub, gamma);
    expect(gamma.seen()).toHaveLength(2);
    const [partition, offset] = (second[0]?.at ?? '').split('/').map(Number);
    const [of] = cutOffs;
    expect(of?.recipient).toBe('agencies/gamma');
    const at = (positions: readonly LogPosition[] = []): number => Number(positions.find((position) => position.partition === partition)?.offset);
    expect(at(of?.mayHaveReceivedBefore)).toBeGreaterThan(offset ?? 0);
    expect(at(of?.acknowledgedBefore)).toBe(Number((before[0]?.at ?? '').split('/')[1]) + 1);
    // Asked again, because the answer was lost: the same.
    const again = await hub.clock.confirm(hub.call('revokeConsent', revoke, person('alpha')));
    expect(again.consent).toEqual(revoked);
    expect(await reasonOf(hub.call('revokeConsent', { ...revoke, expectedVersion: 7n }, person('alpha')))).toBe('VERSION_CONFLICT');
    expect(await reasonOf(hub.call('revokeConsent', revoke, person('beta')))).toBe('NOT_FOUND');
  });

  it('closes the cut-off at what a subscription that ended has received', async () => {
    const hub = await started(...agreed());
    await hub.call('grantConsent', { parent: 'agencies/alpha', consentId: 'to-gamma', consent: terms('agencies/gamma') }, person('alpha'));
    const gamma = hub.subscribe(person('gamma'));
    await atEnd(hub, gamma);
    const [receipt] = await hub.publish(request('alpha', [movement()]));
    await vi.waitFor(() => expect(gamma.seen()).toHaveLength(1));
    await gamma.stop();
    const filter = { owners: [], series: ['agencies/alpha/series/other'], categories: [], areas: [] };
    const narrow = hub.subscribe(person('gamma'), { filter });
    await atEnd(hub, narrow);
    const cursor = Buffer.from(narrow.cursors.at(-1) ?? []);
    await narrow.stop();
    await hub.call('acknowledgeDelivery', { purpose: Purpose.PURPOSE_PLANNING, filter, cursor }, person('gamma'));
    const { cutOffs } = await hub.clock.confirm(hub.call('revokeConsent', { name: 'agencies/alpha/consents/to-gamma', expectedVersion: 1n }, person('alpha')));
    const [partition, offset] = (receipt?.at ?? '').split('/').map(Number);
    const reached = cutOffs[0]?.mayHaveReceivedBefore.find((position) => position.partition === partition);
    expect(Number(reached?.offset)).toBe((offset ?? 0) + 1);
    // Who acknowledged another series has not acknowledged these updates.
    expect(cutOffs[0]?.acknowledgedBefore.every((position) => position.offset === 0n)).toBe(true);
  });

  it('is seen between a decision and the sending, also when somebody else has decided anew meanwhile', async () => {
    const appending = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    let holding = false;
    const hub = await open({
      // Holds up the opening of a window of the first reader, after its decision.
      log: (log) => ({
        ...log,
        topics: log.topics,
        append: async (topic, records) => {
          if (holding && topic === TOPICS.record.name && records.some(({ envelope }) => Buffer.from(envelope).includes('hold-me'))) {
            held.resolve();
            await appending.promise;
          }
          return log.append(topic, records);
        },
        consume: (...args) => log.consume(...args),
        tail: (...args) => log.tail(...args),
        read: (...args) => log.read(...args),
        begin: (topic) => log.begin(topic),
        end: (topic) => log.end(topic),
        positions: (...args) => log.positions(...args),
        close: () => log.close(),
      }),
    });
    await hub.know(...sharing('alpha', ['beta']), actor('beta', 'hold-me'));
    const [first, second] = [hub.subscribe(person('beta', 'hold-me')), hub.subscribe(BETA)];
    await atEnd(hub, first, second);
    holding = true;
    await hub.publish(request('alpha', [movement()]));
    await held.promise;
    await vi.waitFor(() => expect(second.seen()).toHaveLength(1));
    await hub.know(consent('alpha', 'beta', { version: 2, revoked: true }));
    // The other reader of the same agency has everything decided under the new revision.
    await hub.publish(request('alpha', [movement()]));
    await vi.waitFor(async () => expect((await hub.recorded()).some(({ entry }) => entry.$case === 'decision' && !entry.value.allowed)).toBe(true));
    appending.resolve();
    await atEnd(hub, first);
    expect(first.seen()).toEqual([]);
  });

  it('suspends: nothing goes out to a suspended agency, nor of it', async () => {
    const hub = await started(...agreed());
    const beta = hub.subscribe(BETA);
    await atEnd(hub, beta);
    await hub.know(agency('beta', { version: 2, state: 'suspended' }));
    await hub.publish(request('alpha', [movement()]));
    await atEnd(hub, beta);
    await hub.know(agency('beta', { version: 3 }), agency('alpha', { version: 2, state: 'suspended' }));
    await hub.publish(request('alpha', [movement()]));
    await atEnd(hub, beta);
    expect(beta.seen()).toEqual([]);
    await hub.know(agency('alpha', { version: 3 }));
    await hub.publish(request('alpha', [movement()]));
    await vi.waitFor(() => expect(beta.seen()).toHaveLength(1));
  });

  it('by time alone ends what has an end', async () => {
    const hub = await started();
    await hub.know(consent('alpha', 'beta', { version: 2, expiresAt: START + 5000 }));
    const beta = hub.subscribe(BETA);
    await hub.publish(request('alpha', [movement()]));
    await vi.waitFor(() => expect(beta.seen()).toHaveLength(1));
    for (let i = 0; i < 30; i += 1) {
      hub.clock.advance(200);
      await settle();
    }
    await hub.publish(request('alpha', [movement()]));
    await atEnd(hub, beta);
    expect(beta.seen()).toHaveLength(1);
  });
});

describe('consents', () => {
  it('are shown to their owner and recipients, page by page to the owner alone', async () => {
    const hub = await started(agency('gamma'), actor('gamma'), group('task-force', ['alpha', 'gamma']));
    for (const [consentId, recipient] of [['a1', 'agencies/beta'], ['a2', 'groups/task-force'], ['a3', 'agencies/beta']] as const) {
      await hub.call('grantConsent', { parent: 'agencies/alpha', consentId, consent: terms(recipient) }, person('alpha'));
    }
    const get = (name: string, as: string): Promise<string> => reasonOf(hub.call('getConsent', { name: `agencies/alpha/consents/${name}` }, person(as)));
    expect(await get('a1', 'beta')).toBe('none');
    expect(await get('a1', 'gamma')).toBe('NOT_FOUND');
    expect(await get('a2', 'gamma')).toBe('none');
    expect(await get('a9', 'alpha')).toBe('NOT_FOUND');
    const first = await hub.call('listConsents', { parent: 'agencies/alpha', pageSize: 2, pageToken: '' }, person('alpha'));
    const rest = await hub.call('listConsents', { parent: 'agencies/alpha', pageSize: 2, pageToken: first.nextPageToken }, person('alpha'));
    expect([...first.consents, ...rest.consents].map(({ name }) => name.split('/').at(-1))).toEqual(['a1', 'a2', 'a3']);
    expect(await reasonOf(hub.call('listConsents', { parent: 'agencies/beta', pageSize: 2, pageToken: first.nextPageToken }, person('beta')))).toBe('PAGE_TOKEN_INVALID');
    expect(await reasonOf(hub.call('listConsents', { parent: 'agencies/alpha', pageSize: 2, pageToken: '' }, person('beta')))).toBe('PERMISSION_DENIED');
  });
});
