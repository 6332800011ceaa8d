import { Category, CountState, Handling } from '@corridor/contracts/common/v1/vocabulary';
import { Breakdown, Measure, type MovementTable, Population, Quality, TotalBasis, TransportMode, ViewForm } from '@corridor/contracts/hub/v1/updates';
import { describe, expect, it } from 'vitest';
import { behindFirewall, compare, exact, masked } from './checks.ts';
import type { Arrived } from './recipient.ts';

const NAME = 'agencies/border-observatory/series/route-detections/updates/1';
const FILE = new Map([[NAME, new Map([['SYR', 300], ['AFG', 120], ['UNK', 40], ['IRQ', 4], ['IRN', 7]])]]);
const { VIEW_FORM_EXACT: EXACT, VIEW_FORM_MASKED: MASKED } = ViewForm;
const { TOTAL_BASIS_ALL: ALL, TOTAL_BASIS_SHOWN_ROWS: SHOWN, TOTAL_BASIS_UNSPECIFIED: NONE } = TotalBasis;

interface View {
  readonly form: ViewForm;
  /** Counts by row; undefined: withheld. */
  readonly rows: Readonly<Record<string, number | undefined>>;
  readonly total: number | undefined;
  readonly basis: TotalBasis;
  readonly firewall?: boolean;
  readonly version?: number;
}

const count = (value: number | undefined) =>
  value === undefined ? { state: CountState.COUNT_STATE_SUPPRESSED, value: 0n } : { state: CountState.COUNT_STATE_KNOWN, value: BigInt(value) };

function arrived({ form, rows, total, basis, firewall = false, version = 1 }: View, name = NAME): ReadonlyMap<string, Arrived> {
  const table: MovementTable = {
    measure: Measure.MEASURE_DETECTIONS,
    population: Population.POPULATION_MIXED,
    quality: Quality.QUALITY_OBSERVED,
    mode: TransportMode.TRANSPORT_MODE_SEA,
    breakdown: Breakdown.BREAKDOWN_NATIONALITY,
    rows: Object.entries(rows).map(([key, value]) => ({ key, count: count(value) })),
    total: basis === NONE ? undefined : count(total),
  };
  const update = { name, version, place: undefined, period: undefined, content: { $case: 'movement', value: table } as const, totalBasis: basis };
  const batch = { series: '', category: Category.CATEGORY_MOVEMENT, handling: Handling.fromPartial({}), form, ownNationalsNeverIncluded: firewall, watermark: '' };
  return new Map([[name, { update, batch, at: 0 }]]);
}

const faultsOf = (view: View, rule: Parameters<typeof compare>[2]): number => compare(arrived(view), FILE, rule).faults.length;

describe('what partners receive of the file is compared cell by cell', () => {
  const whole: View = { form: EXACT, rows: { SYR: 300, AFG: 120, UNK: 40, IRQ: 4, IRN: 7 }, total: 471, basis: ALL };
  it.each<[string, View, boolean]>([
    ['the file', whole, true],
    ['a row less', { ...whole, rows: { SYR: 300, AFG: 120, UNK: 40, IRQ: 4 } }, false],
    ['another count', { ...whole, rows: { ...whole.rows, IRQ: 5 } }, false],
    ['a withheld count', { ...whole, rows: { ...whole.rows, IRQ: undefined } }, false],
    ['another total', { ...whole, total: 470 }, false],
    ['a masked form', { ...whole, form: MASKED }, false],
    ['a second version', { ...whole, version: 2 }, false],
  ])('exact: %s', (_, view, right) => {
    expect(faultsOf(view, exact) === 0).toBe(right);
  });

  const hidden: View = { form: MASKED, rows: { SYR: 300, AFG: 120, UNK: 40, OTHER: 11 }, total: 471, basis: ALL };
  it.each<[string, View, boolean]>([
    ['small rows merged', hidden, true],
    ['small rows withheld, and the total with them', { ...hidden, rows: { SYR: 300, AFG: 120, UNK: 40, OTHER: undefined }, total: undefined }, true],
    ['a small count', { ...hidden, rows: { SYR: 300, AFG: 120, UNK: 40, IRQ: 4, OTHER: 7 } }, false],
    ['one row that follows from the total', { ...hidden, rows: { SYR: 300, AFG: 120, UNK: 40, OTHER: undefined } }, false],
    ['other persons merged', { ...hidden, rows: { SYR: 300, AFG: 120, UNK: 40, OTHER: 12 } }, false],
    ['persons left out', { ...hidden, rows: { SYR: 300, AFG: 120, UNK: 40 }, total: undefined }, false],
    ['another count', { ...hidden, rows: { ...hidden.rows, SYR: 301 } }, false],
    ['an exact form', { ...hidden, form: EXACT }, false],
  ])('masked: %s', (_, view, right) => {
    expect(faultsOf(view, masked) === 0).toBe(right);
  });

  const firewalled: View = { form: MASKED, rows: { AFG: 120 }, total: 120, basis: SHOWN, firewall: true };
  it.each<[string, View, boolean]>([
    ['the other rows alone', firewalled, true],
    ['own nationals', { ...firewalled, rows: { AFG: 120, SYR: 300 }, total: 420 }, false],
    ['unknown nationalities', { ...firewalled, rows: { AFG: 120, UNK: 40 }, total: 160 }, false],
    ['merged nationalities', { ...firewalled, rows: { AFG: 120, OTHER: 11 }, total: 131 }, false],
    ['a total of all', { ...firewalled, total: 471, basis: ALL }, false],
    ['a total of more than is shown', { ...firewalled, total: 420 }, false],
    ['a hint that something is withheld', { ...firewalled, rows: { AFG: 120, IRQ: undefined } }, false],
    ['no word that own nationals are never included', { ...firewalled, firewall: false }, false],
  ])('behind the firewall of Syria: %s', (_, view, right) => {
    expect(faultsOf(view, behindFirewall('SYR', (key) => key !== 'UNK' && key !== 'OTHER')) === 0).toBe(right);
  });

  it('what was never published is a fault', () => {
    expect(compare(arrived(whole, `${NAME}2`), FILE, exact).faults).toHaveLength(1);
  });
});
