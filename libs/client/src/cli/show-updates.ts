import { CountState, Granularity, type Count, type Handling, type Period, type Place } from '@corridor/contracts/common/v1/vocabulary';
import { TotalBasis, TransportMode, ViewForm, type TableRow, type UpdateView, type ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { facts, table } from './table.ts';
import { CATEGORIES, MEASURES, POPULATIONS, PURPOSES, QUALITIES, TLPS } from '../enum-words.ts';

/** A count for people: `0` is a count, `?` was not counted, `·suppressed·` is there and not shown, `-` is not stated. */
function countText(count: Count | undefined): string {
  switch (count?.state) {
    case CountState.COUNT_STATE_KNOWN:
      return count.value.toString();
    case CountState.COUNT_STATE_UNKNOWN:
      return '?';
    case CountState.COUNT_STATE_SUPPRESSED:
      return '·suppressed·';
    case undefined:
    case CountState.COUNT_STATE_UNSPECIFIED:
    case CountState.UNRECOGNIZED:
      return '-';
  }
}

/** How much of an ISO 8601 time names a period of a calendar length. */
const CALENDAR_LENGTH: ReadonlyMap<Granularity, number> = new Map<Granularity, number>([
  [Granularity.GRANULARITY_DAY, '2020-01-01'.length],
  [Granularity.GRANULARITY_MONTH, '2020-01'.length],
  [Granularity.GRANULARITY_YEAR, '2020'.length],
]);

/** A period as short as its length allows. */
export function periodText(period: Period | undefined): string {
  if (period?.start === undefined || period.end === undefined) return '-';
  const length = CALENDAR_LENGTH.get(period.granularity);
  return length === undefined ? `${shortTime(period.start)}..${shortTime(period.end)}` : period.start.toISOString().slice(0, length);
}

const shortTime = (time: Date): string => time.toISOString().replace('T00:00:00.000Z', '').replace(':00.000Z', 'Z');

/** The most exact part of a place. */
function placeText(place: Place | undefined): string {
  if (place === undefined) return '-';
  const named = place.adminCode || place.country || place.route;
  const point = place.point === undefined ? '' : `${place.point.latitude},${place.point.longitude}`;
  return [named, point].filter((part) => part !== '').join(' @ ') || '-';
}

const MODE_TEXT: Readonly<Record<number, string>> = {
  [TransportMode.TRANSPORT_MODE_LAND]: ' by land',
  [TransportMode.TRANSPORT_MODE_SEA]: ' by sea',
  [TransportMode.TRANSPORT_MODE_AIR]: ' by air',
};

interface Shown {
  readonly what: string;
  readonly total: Count | undefined;
  readonly rows: readonly TableRow[];
}

function shown({ content }: UpdateView): Shown {
  switch (content?.$case) {
    case 'movement': {
      const { measure, population, quality, mode, rows, total } = content.value;
      const quality_ = QUALITIES.of(quality) === 'observed' ? '' : ` (${QUALITIES.of(quality)})`;
      return { what: `${MEASURES.of(measure)}, ${POPULATIONS.of(population)}${MODE_TEXT[mode] ?? ''}${quality_}`, total, rows };
    }
    case 'rescue':
      return { what: `rescue: ${content.value.assets.join(', ') || content.value.rescueCentre || 'phase ' + content.value.phase}`, total: content.value.peopleTotal, rows: content.value.people };
    case 'crisis':
      return { what: `crisis: ${content.value.hazard}`, total: content.value.peopleTotal, rows: content.value.people };
    case 'retraction':
      return { what: `retracted: ${content.value.reason}`, total: undefined, rows: [] };
    case undefined:
      return { what: 'content that this version does not know', total: undefined, rows: [] };
  }
}

function totalText(view: UpdateView): string {
  const text = countText(shown(view).total);
  return view.totalBasis === TotalBasis.TOTAL_BASIS_SHOWN_ROWS && text !== '-' ? `${text} (of rows shown)` : text;
}

/** The updates of batches, one line each. */
export function updatesTable(batches: readonly ViewBatch[]): string {
  const rows = batches.flatMap(({ updates, form }) =>
    updates.map((view) => [view.name, String(view.version), periodText(view.period), placeText(view.place), shown(view).what, totalText(view), formText(form)]),
  );
  return table(['UPDATE', 'VERSION', 'PERIOD', 'PLACE', 'WHAT', 'TOTAL', 'VIEW'], rows);
}

const formText = (form: ViewForm): string => (form === ViewForm.VIEW_FORM_EXACT ? 'exact' : 'masked');

/** Updates with all their rows, under the conditions they came with. */
export function updatesInFull(batch: ViewBatch, publishTime: Date | undefined, expireTime: Date | undefined): string {
  const conditions = facts([
    ['series', batch.series],
    ['category', CATEGORIES.of(batch.category)],
    ['handling', handlingText(batch.handling)],
    ['view', `${formText(batch.form)}${batch.ownNationalsNeverIncluded ? '; own nationals never included' : ''}`],
    ['published', publishTime?.toISOString() ?? ''],
    ['keep until', expireTime?.toISOString() ?? ''],
    ['made for', batch.watermark],
  ]);
  return [conditions, ...batch.updates.map(oneInFull)].join('\n');
}

function oneInFull(view: UpdateView): string {
  const { what, rows } = shown(view);
  const head = facts([
    ['update', view.name],
    ['version', String(view.version)],
    ['period', periodText(view.period)],
    ['place', placeText(view.place)],
    ['what', what],
    ['total', totalText(view)],
  ]);
  return rows.length === 0 ? head : `${head}\n${table(['KEY', 'COUNT'], rows.map(({ key, count }) => [key, countText(count)]))}`;
}

export function handlingText(handling: Handling | undefined): string {
  if (handling === undefined) return '-';
  return `TLP:${TLPS.of(handling.tlp).toUpperCase().replace('-', '+')} for ${handling.purposes.map((p) => PURPOSES.of(p)).join(', ')}`;
}
