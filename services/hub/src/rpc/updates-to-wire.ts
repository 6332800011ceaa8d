import {
  CountState,
  type Count as WireCount,
  type GeoPoint as WireGeoPoint,
  type Place as WirePlace,
} from '@corridor/contracts/common/v1/vocabulary';
import { TotalBasis, ViewBatch, type TableRow, type Update as WireUpdate, type UpdateView as WireUpdateView } from '@corridor/contracts/hub/v1/updates';
import type { Count, Table } from '@corridor/disclosure';
import { encode, handlingTo, periodTo, seriesName, updateName, wire } from '@corridor/runtime';
import type { Content, GeoPoint, Place, Update } from '../domain/update.ts';
import type { BatchView, UpdateView } from '../domain/view.ts';
import { words } from './words.ts';

/** The message of a view. */
export function viewBatchTo(view: BatchView): ViewBatch {
  const { owner, series } = view;
  return {
    series: seriesName({ owner, series }),
    category: wire.category.to(view.category),
    handling: handlingTo(view.handling),
    form: words.form.to(view.form),
    ownNationalsNeverIncluded: view.ownNationalsNeverIncluded,
    watermark: view.watermark ?? '',
    updates: view.updates.map((update) => updateViewTo(view, update)),
  };
}

/** The bytes of a view: equal views have equal bytes. */
export const encodeView = (view: BatchView): Uint8Array => encode(ViewBatch, viewBatchTo(view));

function updateViewTo({ owner, series }: BatchView, view: UpdateView): WireUpdateView {
  return {
    name: updateName({ owner, series, update: view.id }),
    version: view.version,
    place: placeTo(view.place),
    period: periodTo(view.period),
    content: contentTo(view.content),
    totalBasis: view.totalBasis === 'none' ? TotalBasis.TOTAL_BASIS_UNSPECIFIED : words.totalBasis.to(view.totalBasis),
  };
}

/** The message of an update as its publisher states it. */
export const updateTo = (update: Update): WireUpdate => ({
  updateId: update.id,
  replacesVersion: update.replaces,
  place: placeTo(update.place),
  period: periodTo(update.period),
  content: contentTo(update.content),
});

function contentTo(content: Content): WireUpdateView['content'] {
  switch (content.kind) {
    case 'movement': {
      const { rows, total, breakdown } = tableTo(content.table);
      return {
        $case: 'movement',
        value: {
          measure: words.measure.to(content.measure),
          population: words.population.to(content.population),
          quality: words.quality.to(content.quality),
          mode: words.mode.to(content.mode),
          breakdown,
          rows,
          total,
        },
      };
    }
    case 'rescue': {
      const { rows, total, breakdown } = tableTo(content.people);
      return {
        $case: 'rescue',
        value: {
          phase: words.phase.to(content.phase),
          positionTime: new Date(content.positionTime),
          position: pointTo(content.position),
          breakdown,
          people: rows,
          peopleTotal: total,
          rescueCentre: content.rescueCentre,
          assets: content.assets,
          placeOfSafety: content.placeOfSafety === undefined ? undefined : placeTo(content.placeOfSafety),
        },
      };
    }
    case 'crisis': {
      const { rows, total, breakdown } = tableTo(content.people);
      return {
        $case: 'crisis',
        value: {
          hazard: content.hazard,
          severity: words.severity.to(content.severity),
          description: content.description,
          people: rows,
          peopleTotal: total,
          sources: content.sources,
          breakdown,
        },
      };
    }
    case 'retraction':
      return { $case: 'retraction', value: { reason: content.reason } };
  }
}

function tableTo(table: Table) {
  return {
    breakdown: words.breakdown.to(table.breakdown),
    rows: table.rows.map((row): TableRow => ({ key: row.key, count: countTo(row.count) })),
    total: table.total === undefined ? undefined : countTo(table.total),
  };
}

function countTo(count: Count): WireCount {
  switch (count.kind) {
    case 'known':
      return { state: CountState.COUNT_STATE_KNOWN, value: BigInt(count.value) };
    case 'unknown':
      return { state: CountState.COUNT_STATE_UNKNOWN, value: 0n };
    case 'suppressed':
      return { state: CountState.COUNT_STATE_SUPPRESSED, value: 0n };
  }
}

function placeTo(place: Place): WirePlace {
  return {
    country: place.kind === 'country' ? place.id : '',
    adminCode: place.kind === 'admin' ? place.id : '',
    route: place.kind === 'route' ? place.id : '',
    point: place.point === undefined ? undefined : pointTo(place.point),
  };
}

const pointTo = ({ lat, lon }: GeoPoint): WireGeoPoint => ({ latitude: lat, longitude: lon });
