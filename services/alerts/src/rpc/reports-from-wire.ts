import { CountState, type Count, type Place } from '@corridor/contracts/common/v1/vocabulary';
import type { Delivery } from '@corridor/contracts/hub/v1/hub';
import type { MovementTable, UpdateView, ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { refuse } from '@corridor/kernel';
import type { UpdateClass } from '@corridor/policy';
import { handlingFrom, integerFrom, parseSeriesName, parseUpdateName, periodFrom, required, timestampFrom, wire } from '@corridor/runtime';
import { amountOf, type Amount, type Report, type ShownCount } from '../domain/observation.ts';

/**
 * What a delivery reports: the numbers of movement tables of regular periods, and what was taken back. Other content is no
 * observation. @throws CorridorError naming the part
 */
export function reportsFrom(batch: ViewBatch, { publishTime, expireTime }: Delivery): readonly Report[] {
  const series = parseSeriesName(batch.series, 'series');
  const common = { publishedAt: timestampFrom(publishTime, 'publish_time'), expiresAt: timestampFrom(expireTime, 'expire_time') };
  const of = { ...series, category: wire.category.from(batch.category, 'category'), handling: handlingFrom(batch.handling) };
  return batch.updates.flatMap((view, i): readonly Report[] => {
    const field = `updates[${i}]`;
    const { update: report } = parseUpdateName(view.name, `${field}.name`);
    const version = { ...series, report, version: view.version, ...common };
    switch (view.content?.$case) {
      case 'movement':
        return observed(view, view.content.value, version, of, field);
      case 'retraction':
        return [version];
      case 'rescue':
      case 'crisis':
        return [];
      case undefined:
        return refuse(`${field}.content`, 'must be set');
    }
  });
}

type Version = Pick<Report, 'owner' | 'series' | 'report' | 'version' | 'publishedAt' | 'expiresAt'>;

function observed(view: UpdateView, table: MovementTable, version: Version, of: Omit<UpdateClass, 'area'>, field: string): readonly Report[] {
  const period = periodFrom(view.period, `${field}.period`);
  const { granularity } = period;
  // Such periods do not follow one another: no rule reads them.
  if (granularity === 'custom') return [];
  const place = placeFrom(required(view.place, `${field}.place`), `${field}.place`);
  return [
    {
      ...version,
      track: {
        owner: version.owner,
        series: version.series,
        place,
        measure: wire.measure.from(table.measure, `${field}.movement.measure`),
        population: wire.population.from(table.population, `${field}.movement.population`),
        mode: wire.mode.from(table.mode, `${field}.movement.mode`),
        granularity,
      },
      period,
      amount: amountFrom(table, `${field}.movement`),
      class: { ...of, area: place },
    },
  ];
}

function placeFrom({ country, adminCode, route }: Place, field: string): string {
  const [id, ...more] = [country, adminCode, route].filter((one) => one !== '');
  return id === undefined || more.length > 0 ? refuse(field, 'must name exactly one place') : id;
}

const amountFrom = ({ rows, total }: MovementTable, field: string): Amount =>
  amountOf(
    rows.map(({ count }, i) => countFrom(required(count, `${field}.rows[${i}].count`), `${field}.rows[${i}].count`)),
    total === undefined ? 'unstated' : countFrom(total, `${field}.total`),
  );

/** A count that is known; what is unknown or suppressed has no number, whatever its value says. */
function countFrom({ state, value }: Count, field: string): ShownCount {
  switch (state) {
    case CountState.COUNT_STATE_KNOWN:
      return integerFrom(value, field);
    case CountState.COUNT_STATE_UNKNOWN:
    case CountState.COUNT_STATE_SUPPRESSED:
      return undefined;
    case CountState.COUNT_STATE_UNSPECIFIED:
    case CountState.UNRECOGNIZED:
    default:
      return refuse(`${field}.state`, 'must be KNOWN, UNKNOWN or SUPPRESSED');
  }
}
