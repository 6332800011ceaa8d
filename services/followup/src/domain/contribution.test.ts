import { agencyId } from '@corridor/kernel';
import { containsById, openGazetteer } from '@corridor/places';
import { emptyPolicyState } from '@corridor/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handling, person, RELIEF, SECRETARIAT, START } from '../world.testing.ts';
import { checkFlow, decideFlow, evolveContribution, wantsFlow, type Contribution, type ReportedFlow } from './contribution.ts';
import { ContributionTally } from './sums.ts';
import { STAGES } from './vocabulary.ts';

const gazetteer = openGazetteer();
const places = { contains: containsById(gazetteer), isPlace: (place: string) => gazetteer.place(place) !== undefined };
const flow = (change: Partial<ReportedFlow> = {}): ReportedFlow => ({
  owner: agencyId(SECRETARIAT),
  source: 'fts',
  flow: '228238',
  donor: 'Luxembourg',
  recipient: 'Red Cross',
  area: 'AFG',
  stage: 'pledge',
  unit: 'usd',
  amount: 100,
  pooledFund: '',
  decidedAt: START,
  description: '',
  handling: handling(),
  ...change,
});
const after = (before: Contribution | undefined, reported: ReportedFlow): Contribution =>
  evolveContribution(before, { at: START, by: person(SECRETARIAT), event: decideFlow(before, reported, 'report', 'flow') });
const all = (...reports: readonly ReportedFlow[]): Contribution | undefined => reports.reduce<Contribution | undefined>(after, undefined);

describe('a flow', () => {
  it('is one flow however often it is reported', () => {
    expect(all(flow(), flow(), flow())).toMatchObject({ reports: 3, version: 3, amount: 100, stage: 'pledge' });
  });

  it('is what was decided last', () => {
    expect(all(flow(), flow({ amount: 90, decidedAt: START + 1 }))).toMatchObject({ amount: 90 });
    expect(all(flow({ amount: 90, decidedAt: START + 1 }), flow())).toMatchObject({ amount: 90, reports: 2 });
  });

  it('never goes back a stage', () => {
    expect(all(flow({ stage: 'delivered' }), flow({ stage: 'commitment', decidedAt: START + 1 }))).toMatchObject({ stage: 'delivered', reports: 2 });
    expect(all(flow(), flow({ stage: 'commitment' }), flow({ stage: 'delivered' }))).toMatchObject({ stage: 'delivered' });
    expect(all(flow({ decidedAt: START + 1 }), flow({ stage: 'delivered', amount: 90 }))).toMatchObject({ stage: 'delivered', amount: 90 });
  });

  it('is one agency\'s, in one unit', () => {
    for (const other of [flow({ owner: agencyId(RELIEF) }), flow({ unit: 'training-days' })]) {
      expect(() => all(flow(), other)).toThrow(expect.objectContaining({ reason: 'ALREADY_EXISTS', metadata: { field: 'flow' } }));
    }
  });

  it.each<[string, Partial<ReportedFlow>, string]>([
    ['an id with other characters', { flow: 'a b' }, 'flow_id'],
    ['no donor', { donor: '' }, 'donor'],
    ['no recipient', { recipient: '' }, 'recipient'],
    ['a currency that is none', { original: { minorUnits: 1, currency: 'euro' } }, 'original_currency'],
    ['an unknown place', { area: 'ATLANTIS' }, 'area'],
    ['a description with control characters', { description: 'a\u0000' }, 'description'],
  ])('with %s is refused', (_, change, field) => {
    expect(() => checkFlow(flow(change), places, emptyPolicyState, 'contributions[2]')).toThrow(expect.objectContaining({ metadata: { field: `contributions[2].${field}` } }));
  });
});

describe('sums', () => {
  it('count each flow once at its stage, by place and unit; pooled ones were counted before', () => {
    const tally = new ContributionTally();
    for (const one of [
      flow({ stage: 'delivered' }),
      flow({ flow: 'b', amount: 50, stage: 'delivered' }),
      flow({ flow: 'c', stage: 'pledge', amount: 7 }),
      flow({ flow: 'd', unit: 'training-days', amount: 12 }),
      flow({ flow: 'e', area: 'JOR', amount: 3 }),
      flow({ flow: 'f', amount: 1000, pooledFund: 'Jordan Humanitarian Fund' }),
    ]) tally.add(after(undefined, one));
    expect(tally.sums().map(({ area, stage, unit, amount, flows }) => [area, stage, unit, amount, flows])).toEqual([
      ['AFG', 'pledge', 'usd', 7n, 1],
      ['AFG', 'pledge', 'training-days', 12n, 1],
      ['AFG', 'delivered', 'usd', 150n, 2],
      ['JOR', 'pledge', 'usd', 3n, 1],
    ]);
    expect(tally.pooled).toBe(1);
  });

  it('are the sums of what is wanted', () => {
    const wanted = (change: Partial<Parameters<typeof wantsFlow>[0]>) => wantsFlow({ areas: [], donor: '', stages: [], ...change }, flow());
    expect([wanted({}), wanted({ areas: ['AFG'] }), wanted({ areas: ['JOR'] }), wanted({ donor: 'Luxembourg' }), wanted({ donor: 'Other' }), wanted({ stages: ['delivered'] })]).toEqual([
      true, true, false, true, false, false,
    ]);
  });
});

describe('whatever is reported of a flow', () => {
  const reports = fc.array(
    fc.record({ stage: fc.constantFrom(...STAGES), amount: fc.integer({ min: 0, max: 5 }), later: fc.integer({ min: 0, max: 3 }) }),
    { minLength: 1, maxLength: 12 },
  );

  it('comes to the same in whichever order the reports arrive', () => {
    const distinct = fc.uniqueArray(fc.record({ stage: fc.constantFrom(...STAGES), later: fc.integer({ min: 0, max: 3 }) }), {
      minLength: 1,
      selector: ({ stage, later }) => `${stage}/${later}`,
    });
    const cases = distinct.chain((said) => fc.tuple(fc.constant(said), fc.shuffledSubarray(said, { minLength: said.length })));
    const told = (said: readonly { readonly stage: ReportedFlow['stage']; readonly later: number }[]) => {
      const known = all(...said.map(({ stage, later }) => flow({ stage, decidedAt: START + later, amount: 10 * STAGES.indexOf(stage) + later })));
      return [known?.stage, known?.decidedAt, known?.amount];
    };
    fc.assert(
      fc.property(cases, ([said, shuffled]) => {
        expect(told(shuffled)).toEqual(told(said));
      }),
    );
  });

  it('its stage never goes back and every report counts once', () => {
    fc.assert(
      fc.property(reports, (said) => {
        let known: Contribution | undefined;
        let stage = 0;
        for (const { later, ...change } of said) {
          known = after(known, flow({ ...change, decidedAt: START + later }));
          expect(STAGES.indexOf(known.stage)).toBeGreaterThanOrEqual(stage);
          stage = STAGES.indexOf(known.stage);
        }
        expect(known).toMatchObject({ reports: said.length, version: said.length });
      }),
    );
  });
});
