import { agencyId } from '@corridor/kernel';
import { emptyPolicyState, evolveAll, type ActorRef, type PolicyEvent } from '@corridor/policy';
import { containsById, openGazetteer } from '@corridor/places';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTHORITY, DAY, focalPoint, handling, id, person, RELIEF, SECRETARIAT, START, STRANGER, world } from '../world.testing.ts';
import { after, asOf, begun, type Kept } from './history.ts';
import { decideObstacle, decidePosition, decideReport, decideResolution, decideVerification, requireReporter, type NewReport } from './progress.ts';
import { evolveRecommendation, isBlocked, timelinessOf, withoutTexts, type Recommendation, type RecommendationEvent } from './recommendation.ts';
import { IMPLEMENTATIONS, POSITIONS } from './vocabulary.ts';

const gazetteer = openGazetteer();
const places = { contains: containsById(gazetteer), isPlace: (place: string) => gazetteer.place(place) !== undefined };
const [authority, relief, stranger, secretariat] = [AUTHORITY, RELIEF, STRANGER, SECRETARIAT].map((agency) => person(agency)) as never as readonly [
  ReturnType<typeof person>,
  ReturnType<typeof person>,
  ReturnType<typeof person>,
  ReturnType<typeof person>,
];

type KeptRecommendation = Kept<Recommendation, RecommendationEvent>;

const adopted = (): KeptRecommendation =>
  begun(evolveRecommendation, {
    at: START,
    by: secretariat,
    event: {
      kind: 'adopted',
      adopted: {
        id: id(1),
        meeting: 'forum',
        secretariat: agencyId(SECRETARIAT),
        reference: 'R1',
        text: 'Open desks.',
        themes: ['reception', 'data'],
        recommender: '',
        area: 'ITA',
        handling: handling(),
        dueAt: START + 10 * DAY,
        addressees: [agencyId(AUTHORITY), agencyId(RELIEF)],
      },
    },
  });
const then = (kept: KeptRecommendation, by: ActorRef, event: RecommendationEvent | undefined, at = START + DAY): KeptRecommendation =>
  event === undefined ? kept : after(evolveRecommendation, kept, { at, by, event });
const report = (n: number, implementation: NewReport['implementation'], change: Partial<NewReport> = {}): NewReport => ({
  id: id(n),
  implementation,
  text: 'Done so far.',
  evidence: [],
  ...change,
});
const obstacle = (n: number) => ({ id: id(n), text: 'No interpreters.', owner: agencyId(RELIEF), remedy: '' });
const of = ({ state }: KeptRecommendation, agency = AUTHORITY) => state.addressees.find((one) => one.agency === agency) ?? expect.fail('it is not addressed to this agency');

describe('the four axes', () => {
  it('begin with nothing said and nothing started, for each addressee', () => {
    expect(adopted().state.addressees.map(({ position, implementation, verification }) => [position, implementation, verification])).toEqual([
      [undefined, 'not-started', undefined],
      [undefined, 'not-started', undefined],
    ]);
  });

  it('move by themselves: a position says nothing of the implementation, a report nothing of the position, and nothing of others', () => {
    const kept = then(then(adopted(), authority, decidePosition(adopted().state, authority, 'rejected', 'no')), authority, decideReport(adopted().state, authority, report(2, 'in-progress')));
    expect(of(kept)).toMatchObject({ position: 'rejected', positionText: 'no', implementation: 'in-progress', verification: 'self-reported' });
    expect(of(kept, RELIEF)).toMatchObject({ implementation: 'not-started', reports: [] });
  });

  it('are told by timeliness: overdue at the due time, never once done or no longer relevant, undefined without one', () => {
    const due = START + 10 * DAY;
    expect(IMPLEMENTATIONS.map((implementation) => timelinessOf(due, { implementation }, due))).toEqual(['overdue', 'overdue', 'on-time', 'on-time']);
    expect(timelinessOf(due, { implementation: 'not-started' }, due - 1)).toBe('on-time');
    expect(timelinessOf(undefined, { implementation: 'not-started' }, due)).toBeUndefined();
  });

  it('are moved by addressed agencies alone', () => {
    const { state } = adopted();
    const refused = { reason: 'PERMISSION_DENIED' };
    expect(() => decidePosition(state, stranger, 'accepted', '')).toThrow(expect.objectContaining(refused));
    expect(() => decideReport(state, stranger, report(2, 'in-progress'))).toThrow(expect.objectContaining(refused));
    expect(() => decideObstacle(state, stranger, obstacle(3))).toThrow(expect.objectContaining(refused));
  });
});

describe('an open obstacle', () => {
  const blocked = (): KeptRecommendation => then(adopted(), authority, decideObstacle(adopted().state, authority, obstacle(3)));

  it('blocks implemented for its addressee and for nobody else, until it is resolved', () => {
    expect(() => decideReport(blocked().state, authority, report(4, 'implemented'))).toThrow(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
    expect(decideReport(blocked().state, authority, report(4, 'in-progress'))).toBeDefined();
    expect(decideReport(blocked().state, relief, report(4, 'implemented'))).toBeDefined();
    const resolved = then(blocked(), relief, decideResolution(blocked().state, relief, id(3), 'found some'));
    expect(isBlocked(of(resolved))).toBe(false);
    expect(decideReport(resolved.state, authority, report(4, 'implemented'))).toBeDefined();
  });

  it('is resolved by who has to remove it or who reported it, once', () => {
    expect(() => decideResolution(blocked().state, stranger, id(3), 'gone')).toThrow(expect.objectContaining({ reason: 'PERMISSION_DENIED' }));
    expect(() => decideResolution(blocked().state, relief, id(9), 'gone')).toThrow(expect.objectContaining({ reason: 'NOT_FOUND' }));
    expect(() => decideResolution(blocked().state, relief, id(3), '')).toThrow(expect.objectContaining({ metadata: { field: 'resolution' } }));
    const resolved = then(blocked(), authority, decideResolution(blocked().state, authority, id(3), 'gone'));
    expect(decideResolution(resolved.state, authority, id(3), 'gone')).toBeUndefined();
  });

  it('is owned by somebody who sees it: the secretariat or an addressed agency', () => {
    const owned = (owner: string) => decideObstacle(adopted().state, authority, { ...obstacle(3), owner: agencyId(owner) });
    expect([owned(SECRETARIAT), owned(AUTHORITY), owned(RELIEF)].every((event) => event?.kind === 'obstacle-opened')).toBe(true);
    expect(() => owned(STRANGER)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT', metadata: { field: 'owner' } }));
  });

  it('is not reported against what is implemented', () => {
    const done = then(adopted(), authority, decideReport(adopted().state, authority, report(2, 'implemented')));
    expect(() => decideObstacle(done.state, authority, obstacle(3))).toThrow(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
  });
});

describe('a report', () => {
  const reported = (): KeptRecommendation => then(adopted(), authority, decideReport(adopted().state, authority, report(2, 'in-progress')));

  it('that is there already changes nothing; other content under its id is refused', () => {
    expect(decideReport(reported().state, authority, report(2, 'in-progress'))).toBeUndefined();
    for (const other of [report(2, 'implemented'), report(2, 'in-progress', { text: 'Other.' })]) {
      expect(() => decideReport(reported().state, authority, other)).toThrow(expect.objectContaining({ reason: 'ALREADY_EXISTS' }));
    }
    expect(() => decideReport(reported().state, relief, report(2, 'in-progress'))).toThrow(expect.objectContaining({ reason: 'ALREADY_EXISTS' }));
  });

  it.each([
    ['http://example.org/x', 'evidence[0].uri'],
    ['javascript:alert(1)', 'evidence[0].uri'],
    ['https://name:word@example.org/', 'evidence[0].uri'],
    [`https://example.org/${'x'.repeat(2000)}`, 'evidence[0].uri'],
    ['no address', 'evidence[0].uri'],
  ])('links evidence by https alone, not %s', (uri, field) => {
    const linked = report(2, 'in-progress', { evidence: [{ uri, title: 'A page' }] });
    expect(() => decideReport(adopted().state, authority, linked)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT', metadata: { field } }));
  });

  it.each([
    ['', 'text'],
    ['a\u0000b', 'text'],
    [' blank', 'text'],
    ['x'.repeat(4001), 'text'],
  ])('has a text that people can read', (text, field) => {
    expect(() => decideReport(adopted().state, authority, report(2, 'in-progress', { text }))).toThrow(expect.objectContaining({ metadata: { field } }));
  });

  it('may have lines', () => {
    expect(decideReport(adopted().state, authority, report(2, 'in-progress', { text: 'One.\n\nTwo.' }))).toBeDefined();
  });

  it('is verified by another agency; the newest speaks for the addressee, and a new one is self-reported again', () => {
    const { state } = reported();
    expect(() => decideVerification(state, authority, id(2), 'peer-verified', '')).toThrow(expect.objectContaining({ reason: 'FOUR_EYES' }));
    expect(() => decideVerification(state, relief, id(2), 'self-reported', '')).toThrow(expect.objectContaining({ metadata: { field: 'verification' } }));
    expect(() => decideVerification(state, relief, id(2), 'disputed', '')).toThrow(expect.objectContaining({ metadata: { field: 'text' } }));
    expect(() => decideVerification(state, relief, id(9), 'peer-verified', '')).toThrow(expect.objectContaining({ reason: 'NOT_FOUND' }));
    const verified = then(reported(), relief, decideVerification(state, relief, id(2), 'peer-verified', 'seen'));
    expect(of(verified)).toMatchObject({ verification: 'peer-verified', reports: [{ verification: 'peer-verified', verifiedBy: { agency: RELIEF }, verificationText: 'seen' }] });
    const again = then(verified, authority, decideReport(verified.state, authority, report(5, 'implemented')));
    expect(of(again).verification).toBe('self-reported');
    const older = then(again, relief, decideVerification(again.state, relief, id(2), 'disputed', 'not so'));
    expect([of(older).verification, of(older).reports[0]?.verification]).toEqual(['self-reported', 'disputed']);
  });
});

describe('who reports for an agency', () => {
  const state = (...points: readonly PolicyEvent[]) => evolveAll(emptyPolicyState, [...world(), ...points]);
  const { state: recommendation } = adopted();
  const may = (by: ReturnType<typeof person>, ...points: readonly PolicyEvent[]): boolean => {
    try {
      requireReporter(recommendation, by, state(...points), START, places);
      return true;
    } catch {
      return false;
    }
  };
  it.each([
    ['its publishers, where it has no focal point for one of the themes', person(AUTHORITY, 'staff-3'), [], true],
    ['no other actor then', person(AUTHORITY, 'staff-3', ['reader']), [], false],
    ['the holder of a focal point, whatever its roles', person(AUTHORITY, 'staff-1', []), [focalPoint(AUTHORITY)], true],
    ['no publisher where there is a focal point', person(AUTHORITY, 'staff-3'), [focalPoint(AUTHORITY)], false],
    ['no deputy while the holder is there', person(AUTHORITY, 'staff-2'), [focalPoint(AUTHORITY)], false],
    ['the deputy while the holder is absent', person(AUTHORITY, 'staff-2'), [focalPoint(AUTHORITY, { absentUntil: START + 1 })], true],
    ['publishers, where the focal points are for other themes', person(AUTHORITY, 'staff-3'), [focalPoint(AUTHORITY, { theme: 'rescue' })], true],
    ['publishers, where the focal points are for other places', person(AUTHORITY, 'staff-3'), [focalPoint(AUTHORITY, { area: 'GRC' })], true],
    ['publishers, where the focal points are another agency\'s', person(AUTHORITY, 'staff-3'), [focalPoint(RELIEF)], true],
    ['the holder for any of the themes', person(AUTHORITY, 'staff-1', []), [focalPoint(AUTHORITY, { theme: 'data' })], true],
  ] as const)('are %s', (_, by, points, expected) => {
    expect(may(by, ...points)).toBe(expected);
  });
});

describe('a view without texts', () => {
  it('keeps where things stand and nothing that was written', () => {
    const steps = [
      decidePosition(adopted().state, authority, 'noted', 'written'),
      decideReport(adopted().state, authority, report(2, 'in-progress', { text: 'written', evidence: [{ uri: 'https://example.org/', title: 'written' }] })),
      decideObstacle(adopted().state, authority, { ...obstacle(3), text: 'written', remedy: 'written' }),
    ];
    const kept = steps.reduce((before, event) => then(before, authority, event), adopted());
    const resolved = then(kept, authority, decideResolution(kept.state, authority, id(3), 'written'));
    const shown = withoutTexts(resolved.state);
    expect(JSON.stringify(shown)).not.toContain('written');
    expect(shown.addressees[0]).toMatchObject({ position: 'noted', implementation: 'in-progress', obstacles: [{ id: id(3) }] });
  });
});

/** Anything an agency may try, by number of agency and of id. */
const attempt = fc.record({
  by: fc.constantFrom(authority, relief, stranger, secretariat),
  n: fc.integer({ min: 1, max: 4 }),
  what: fc.oneof(
    fc.record({ kind: fc.constant('position' as const), position: fc.constantFrom(...POSITIONS) }),
    fc.record({ kind: fc.constant('report' as const), implementation: fc.constantFrom(...IMPLEMENTATIONS) }),
    fc.record({ kind: fc.constant('verify' as const), verification: fc.constantFrom('peer-verified' as const, 'disputed' as const) }),
    fc.record({ kind: fc.constant('open' as const) }),
    fc.record({ kind: fc.constant('resolve' as const) }),
  ),
  later: fc.integer({ min: -2, max: 3 }),
});
type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;

function decided({ by, n, what }: Attempt, state: Recommendation): RecommendationEvent | undefined {
  switch (what.kind) {
    case 'position':
      return decidePosition(state, by, what.position, '');
    case 'report':
      return decideReport(state, by, report(n, what.implementation));
    case 'verify':
      return decideVerification(state, by, id(n), what.verification, 'because');
    case 'open':
      return decideObstacle(state, by, obstacle(n));
    case 'resolve':
      return decideResolution(state, by, id(n), 'because');
  }
}

/** Every state there was, with the time from which on; refused attempts change nothing. */
function lived(attempts: readonly Attempt[]): readonly KeptRecommendation[] {
  const states = [adopted()];
  let now = START;
  for (const one of attempts) {
    const before = states.at(-1) ?? expect.fail('there is a first state');
    now += one.later * 1000;
    try {
      const event = decided(one, before.state);
      if (event !== undefined) states.push(then(before, one.by, event, now));
    } catch (error) {
      expect(error).toMatchObject({ name: 'CorridorError' });
    }
  }
  return states;
}

describe('whatever is tried', () => {
  it('an addressee is never called implemented while one of its obstacles is open', () => {
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 30 }), (attempts) => {
        const { state } = lived(attempts).at(-1) ?? expect.fail();
        return state.addressees.every((addressee) => !(addressee.implementation === 'implemented' && isBlocked(addressee)));
      }),
    );
  });

  it('as of any moment it is what it was at that moment, and time does not run backwards', () => {
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 30 }), (attempts) => {
        const states = lived(attempts);
        const last = states.at(-1) ?? expect.fail();
        const times = last.history.map(({ at }) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        states.forEach((kept, i) => {
          const until = times[i + 1];
          // Of several at one moment only the last is what it was at the end of it.
          if (until === times[i]) return;
          expect(asOf(evolveRecommendation, last, times[i] ?? 0)).toEqual(kept.state);
        });
        expect(asOf(evolveRecommendation, last, START - 1)).toBeUndefined();
      }),
    );
  });
});
