import fc from 'fast-check';
import { seriesId, type AgencyId } from '@corridor/kernel';
import type { AgreementFacts, Clause, ConsentFacts, Handling, PolicyEvent, PolicyState, Question } from './facts.ts';
import { actor, agency, agreement, CLERK, COUNTRIES, DAY, group, GROUP, NOW, OFFICER, OWNER, PLACES, RECIPIENT, STRANGER } from './scene.testing.ts';
import { emptyPolicyState, evolveAll } from './state.ts';
import {
  AGENCY_KINDS,
  AGREEMENT_STATES,
  CATEGORIES,
  ONWARD_SHARINGS,
  PERSONAL_DATA_LEVELS,
  PRECISIONS,
  PURPOSES,
  TLPS,
  WORLD,
} from './vocabulary.ts';

/** A question and the facts it is asked under: mostly fitting, so that many are allowed, each part sometimes not. */
export interface Scene {
  readonly question: Question;
  readonly facts: readonly PolicyEvent[];
  readonly now: number;
}

export const stateOf = (scene: Scene): PolicyState => evolveAll(emptyPolicyState, scene.facts);

/** Mostly the first, now and then the second. */
const mostly = <A, B>(usual: fc.Arbitrary<A>, rare: fc.Arbitrary<B>, weight = 16): fc.Arbitrary<A | B> =>
  fc.oneof({ arbitrary: usual, weight }, { arbitrary: rare, weight: 1 });

const oneOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** A list that mostly has a value in it. */
const listWith = <T>(value: T, all: readonly T[]): fc.Arbitrary<readonly T[]> =>
  mostly(
    fc.subarray([...all]).map((some) => [value, ...some.filter((one) => one !== value)]),
    fc.subarray([...all]),
  );

/** A date in whole half-days before or after now. */
const dateFrom = (from: number, to: number): fc.Arbitrary<number> => fc.integer({ min: from * 2, max: to * 2 }).map((half) => NOW + (half * DAY) / 2);

const handlings = (category: Question['class']['category']): fc.Arbitrary<Handling> =>
  fc
    .record({
      tlp: oneOf(TLPS),
      purposes: fc.subarray(PURPOSES.slice(0, category === 'asylum' || category === 'protection' || category === 'referral' ? 7 : 10), { minLength: 1 }),
      onwardSharing: oneOf(ONWARD_SHARINGS),
      precisionLimit: oneOf(PRECISIONS),
      retentionDays: fc.integer({ min: 1, max: 60 }),
      personal: fc.boolean(),
    })
    .map(({ personal, ...drawn }): Handling => {
      const strict = drawn.tlp === 'red' || drawn.tlp === 'amber+strict';
      const derived = category === 'referral' ? 'sealed' : personal ? 'aggregate' : 'none';
      return {
        ...drawn,
        onwardSharing: strict ? 'prohibited' : drawn.onwardSharing,
        legalBasis: derived === 'none' ? 'not-personal' : 'public-interest',
        personalDataLevel: derived,
        namedActors: drawn.tlp === 'red' ? [CLERK] : [],
        communityGroups: drawn.tlp === 'green' ? [GROUP] : [],
        ...(drawn.tlp === 'clear' && { publicityAttestedBy: OFFICER }),
      };
    });

const questions: fc.Arbitrary<Question> = mostly(oneOf(CATEGORIES.slice(0, -1)), fc.constant('referral' as const)).chain((category) =>
  handlings(category).chain((handling) =>
    fc
      .record({
        area: mostly(oneOf(PLACES), fc.constant('GR-Q')),
        recipient: mostly(fc.constant(RECIPIENT), oneOf<AgencyId>([OWNER, STRANGER])),
        inPerson: fc.boolean(),
        purpose: mostly(oneOf(handling.purposes), oneOf(PURPOSES)),
        publishedAt: fc.option(mostly(dateFrom(-25, 0), dateFrom(-70, 0), 2), { nil: undefined, freq: 2 }),
      })
      .map(
        ({ area, recipient, inPerson, purpose, publishedAt }): Question => ({
          class: {
            owner: OWNER,
            series: seriesId('arrivals'),
            category,
            handling,
            area,
            ...(category === 'referral' && { addressee: RECIPIENT }),
          },
          recipient: recipient === RECIPIENT && (inPerson || handling.tlp === 'red') ? CLERK : { agency: recipient },
          purpose,
          ...(publishedAt !== undefined && { publishedAt }),
        }),
      ),
  ),
);

/** Clauses that are mostly about a question. */
export const clauses = (question: Question, effect: Clause['effect']): fc.Arbitrary<Clause> =>
  fc.record({
    id: fc.constant('c'),
    effect: fc.constant(effect),
    owners: mostly(oneOf([[], [OWNER]]), fc.constant([RECIPIENT])),
    recipients: mostly(oneOf([[], [RECIPIENT, STRANGER]]), fc.constant([OWNER])),
    recipientKinds: mostly(fc.constant([]), fc.subarray([...AGENCY_KINDS]), 4),
    categories: listWith(question.class.category, CATEGORIES),
    purposes: listWith(question.purpose, PURPOSES),
    areas: mostly(oneOf([[WORLD], [WORLD, 'GRC'], [question.class.area]]), fc.subarray([WORLD, ...PLACES, 'GR-Q']), 6),
    levels: listWith(question.class.handling.personalDataLevel, PERSONAL_DATA_LEVELS),
    exact: fc.boolean(),
    onwardSharing: oneOf(ONWARD_SHARINGS),
    highestPrecision: oneOf(PRECISIONS),
    retentionDays: mostly(fc.constant(0), fc.integer({ min: 1, max: 60 }), 2),
    withoutBreakdown: fc.boolean(),
    secretariatBound: fc.boolean(),
    watermark: fc.boolean(),
  });

/** Agreements with given clauses that mostly bind owner and recipient and mostly are in force. */
export const agreements = (id: string, terms: fc.Arbitrary<Clause>): fc.Arbitrary<PolicyEvent> =>
  fc
    .record({
      bound: mostly(
        oneOf<Pick<AgreementFacts, 'parties' | 'group'>>([
          { parties: [OWNER, RECIPIENT] },
          { parties: [OWNER, STRANGER], group: GROUP },
          { parties: [STRANGER], group: GROUP },
        ]),
        fc.constant({ parties: [OWNER, STRANGER] }),
      ),
      clauses: fc.array(terms, { minLength: 1, maxLength: 3 }),
      effectiveFrom: mostly(dateFrom(-90, 0), dateFrom(0, 5), 6),
      expiresAt: mostly(dateFrom(1, 40), dateFrom(-5, 1), 6),
      state: mostly(fc.constant('in-force' as const), oneOf(AGREEMENT_STATES), 8),
    })
    .map(({ bound, ...rest }) => agreement({ id, ...bound, ...rest }));

const consents = (id: string, question: Question): fc.Arbitrary<PolicyEvent> =>
  fc
    .record({
      recipient: mostly(
        oneOf<ConsentFacts['recipient']>([
          { kind: 'agency', id: RECIPIENT },
          { kind: 'group', id: GROUP },
        ]),
        fc.constant<ConsentFacts['recipient']>({ kind: 'agency', id: STRANGER }),
      ),
      categories: listWith(question.class.category, CATEGORIES),
      purposes: listWith(question.purpose, PURPOSES),
      expiresAt: mostly(dateFrom(1, 40), dateFrom(-5, 1)),
      revoked: mostly(fc.constant(false), fc.constant(true)),
    })
    .map((drawn) => ({ kind: 'consent', fact: { id, version: 1, owner: OWNER, ...drawn } }));

const active = mostly(fc.constant('active' as const), fc.constant('suspended' as const), 24);

const recipients: fc.Arbitrary<PolicyEvent> = fc
  .record({
    state: active,
    kind: oneOf(AGENCY_KINDS),
    country: mostly(oneOf(COUNTRIES), fc.constant('XYZ')),
    memberStates: mostly(fc.subarray(COUNTRIES, { minLength: 1 }), fc.constant([])),
  })
  .map((drawn) => agency({ id: RECIPIENT, ...drawn }));

const prohibitionsNow = (id: string, question: Question): fc.Arbitrary<readonly PolicyEvent[]> =>
  mostly(fc.constant([]), agreements(id, clauses(question, 'prohibit')).map((one) => [one]), 6);

/** Scenes of every label, category, purpose and kind of recipient. */
export const scenes: fc.Arbitrary<Scene> = questions.chain((question) =>
  fc
    .tuple(
      active.map((state) => agency({ id: OWNER, kind: 'ngo', state })),
      recipients,
      mostly(fc.constant(actor()), fc.constant(actor({ retired: true }))),
      mostly(fc.constant([OWNER, RECIPIENT]), fc.subarray([OWNER, RECIPIENT, STRANGER])).map((members) => group({ members })),
      fc.tuple(agreements('a1', clauses(question, 'permit')), agreements('a2', clauses(question, 'permit')), agreements('a3', clauses(question, 'permit'))),
      prohibitionsNow('a4', question),
      fc.tuple(consents('harbour-aid/k1', question), consents('harbour-aid/k2', question)),
    )
    .map(([owner, recipient, clerk, members, terms, prohibiting, granted]) => ({
      question,
      facts: [owner, recipient, clerk, members, ...terms, ...prohibiting, ...granted],
      now: NOW,
    })),
);
