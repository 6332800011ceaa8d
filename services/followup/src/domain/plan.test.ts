import { agencyId } from '@corridor/kernel';
import { containsById, openGazetteer } from '@corridor/places';
import { emptyPolicyState } from '@corridor/policy';
import { describe, expect, it } from 'vitest';
import { handling, id, person, RELIEF, START } from '../world.testing.ts';
import { checkPlan, evolvePlan, planSubject, planWithoutTexts, type NewPlan } from './plan.ts';

const gazetteer = openGazetteer();
const places = { contains: containsById(gazetteer), isPlace: (place: string) => gazetteer.place(place) !== undefined };
const milestone = { id: 'm1', text: 'Desks are open.', dueAt: START };
const indicator = { id: 'i1', text: 'Desks', unit: 'desks', baseline: 0, target: 12, measured: { actual: 3, at: START } };
const plan = (change: Partial<NewPlan> = {}): NewPlan => ({
  agency: agencyId(RELIEF),
  id: 'desks',
  title: 'Desks',
  recommendations: [id(1)],
  milestones: [milestone],
  indicators: [indicator],
  handling: handling(),
  area: 'ITA',
  ...change,
});
const check = (change: Partial<NewPlan> = {}) => checkPlan(plan(change), places, emptyPolicyState);

describe('a plan', () => {
  it('carries out recommendations by steps, with or without indicators', () => {
    expect(check()).toEqual(plan());
    expect(check({ indicators: [] }).indicators).toEqual([]);
  });

  it.each<[string, Partial<NewPlan>, string, string]>([
    ['without a title', { title: '' }, 'title', 'INVALID_ARGUMENT'],
    ['with too long a title', { title: 'x'.repeat(201) }, 'title', 'INVALID_ARGUMENT'],
    ['that carries nothing out', { recommendations: [] }, 'recommendations', 'INVALID_ARGUMENT'],
    ['that carries one out twice', { recommendations: [id(1), id(1)] }, 'recommendations', 'INVALID_ARGUMENT'],
    ['that carries out too many', { recommendations: Array.from({ length: 101 }, (_, n) => id(n)) }, 'recommendations', 'INVALID_ARGUMENT'],
    ['without a step', { milestones: [] }, 'milestones', 'INVALID_ARGUMENT'],
    ['with two steps of one id', { milestones: [milestone, milestone] }, 'milestones', 'INVALID_ARGUMENT'],
    ['with a step that says nothing', { milestones: [milestone, { ...milestone, id: 'm2', text: '' }] }, 'milestones[1].text', 'INVALID_ARGUMENT'],
    ['with a step of too many words', { milestones: [{ ...milestone, text: 'x'.repeat(501) }] }, 'milestones[0].text', 'INVALID_ARGUMENT'],
    ['with two indicators of one id', { indicators: [indicator, indicator] }, 'indicators', 'INVALID_ARGUMENT'],
    ['with an indicator that says nothing', { indicators: [{ ...indicator, text: '' }] }, 'indicators[0].text', 'INVALID_ARGUMENT'],
    ['with an indicator without a unit', { indicators: [{ ...indicator, unit: '' }] }, 'indicators[0].unit', 'INVALID_ARGUMENT'],
    ['about an unknown place', { area: 'ATLANTIS' }, 'area', 'UNKNOWN_PLACE'],
    ['whose handling contradicts itself', { handling: handling({ tlp: 'red' }) }, 'handling.named_actors', 'HANDLING_CONTRADICTORY'],
  ])('%s is refused, naming the field', (_, change, field, reason) => {
    expect(() => check(change)).toThrow(expect.objectContaining({ reason, metadata: expect.objectContaining({ field: `plan.${field}` }) }));
  });

  it('is replaced whole when it is put again, and its retention counts from then', () => {
    const first = evolvePlan(undefined, { at: START, by: person(RELIEF), event: { kind: 'put', plan: plan() } });
    const second = evolvePlan(first, { at: START + 1, by: person(RELIEF), event: { kind: 'put', plan: plan({ title: 'More desks', indicators: [] }) } });
    expect(second).toEqual({ ...plan({ title: 'More desks', indicators: [] }), version: 2, putAt: START + 1 });
    expect([planSubject(first).ref === planSubject(second).ref, planSubject(second).since]).toEqual([true, START + 1]);
  });

  it('shows its steps, and neither what is written of them nor what is counted, to a view without texts', () => {
    const seen = planWithoutTexts({ ...plan(), version: 1, putAt: START });
    expect([seen.milestones, seen.indicators]).toEqual([[{ ...milestone, text: '' }], []]);
  });
});
