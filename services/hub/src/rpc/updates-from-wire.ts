import {
  CountState,
  type Count as WireCount,
  type GeoPoint as WireGeoPoint,
  type Place as WirePlace,
} from '@corridor/contracts/common/v1/vocabulary';
import type {
  Breakdown,
  CrisisReport,
  MovementTable,
  RescueReport,
  TableRow,
  Update as WireUpdate,
} from '@corridor/contracts/hub/v1/updates';
import type { Count, Table } from '@corridor/disclosure';
import { CorridorError, uuid } from '@corridor/kernel';
import { integerFrom, periodFrom, timestampFrom } from '@corridor/runtime';
import type { Content, GeoPoint, Place, Update } from '../domain/update.ts';
import { words } from './words.ts';

const MAX_ROWS = 400;
const MAX_VERSION = 1_000_000;

const refuse = (field: string, message: string): never => {
  throw new CorridorError('INVALID_ARGUMENT', `${field} ${message}`, { field });
};

/** An update of the domain. @throws CorridorError naming the field, e.g. `updates[3].movement.rows[2].count`. */
export function updateFrom(message: WireUpdate, field: string): Update {
  if (message.replacesVersion > MAX_VERSION) refuse(`${field}.replaces_version`, `must be at most ${MAX_VERSION}`);
  return {
    id: uuid(message.updateId, `${field}.update_id`),
    replaces: message.replacesVersion,
    place: placeFrom(message.place, `${field}.place`),
    period: periodFrom(message.period, `${field}.period`),
    content: contentFrom(message.content, field),
  };
}

/** A place whose id the caller still has to find in the gazetteer. */
function placeFrom(message: WirePlace | undefined, field: string): Place {
  if (message === undefined) return refuse(field, 'must be set');
  const { country, adminCode, route } = message;
  if ([country, adminCode, route].filter((id) => id !== '').length !== 1) {
    refuse(field, 'must name exactly one of country, admin_code and route');
  }
  const point = message.point === undefined ? {} : { point: pointFrom(message.point, `${field}.point`) };
  if (country !== '') return { kind: 'country', id: country, ...point };
  return adminCode === '' ? { kind: 'route', id: route, ...point } : { kind: 'admin', id: adminCode, ...point };
}

function pointFrom(message: WireGeoPoint | undefined, field: string): GeoPoint {
  if (message === undefined) return refuse(field, 'must be set');
  const { latitude: lat, longitude: lon } = message;
  if (!(lat >= -90 && lat <= 90)) refuse(`${field}.latitude`, 'must be from -90 to 90');
  if (!(lon >= -180 && lon <= 180)) refuse(`${field}.longitude`, 'must be from -180 to 180');
  return { lat, lon };
}

function contentFrom(content: WireUpdate['content'], field: string): Content {
  switch (content?.$case) {
    case 'movement':
      return movementFrom(content.value, `${field}.movement`);
    case 'rescue':
      return rescueFrom(content.value, `${field}.rescue`);
    case 'crisis':
      return crisisFrom(content.value, `${field}.crisis`);
    case 'retraction':
      return { kind: 'retraction', reason: text(content.value.reason, 1, 500, `${field}.retraction.reason`) };
    case undefined:
      return refuse(`${field}.content`, 'must be set');
  }
}

function movementFrom(message: MovementTable, field: string): Content {
  return {
    kind: 'movement',
    measure: words.measure.from(message.measure, `${field}.measure`),
    population: words.population.from(message.population, `${field}.population`),
    quality: words.quality.from(message.quality, `${field}.quality`),
    mode: words.mode.from(message.mode, `${field}.mode`),
    table: tableFrom(message.breakdown, message.rows, message.total, field),
  };
}

function rescueFrom(message: RescueReport, field: string): Content {
  const { placeOfSafety } = message;
  return {
    kind: 'rescue',
    phase: words.phase.from(message.phase, `${field}.phase`),
    positionTime: timestampFrom(message.positionTime, `${field}.position_time`),
    position: pointFrom(message.position, `${field}.position`),
    people: tableFrom(message.breakdown, message.people, message.peopleTotal, field),
    rescueCentre: text(message.rescueCentre, 0, 200, `${field}.rescue_centre`),
    assets: texts(message.assets, 50, 100, `${field}.assets`),
    ...(placeOfSafety === undefined ? {} : { placeOfSafety: placeFrom(placeOfSafety, `${field}.place_of_safety`) }),
  };
}

function crisisFrom(message: CrisisReport, field: string): Content {
  return {
    kind: 'crisis',
    hazard: text(message.hazard, 1, 100, `${field}.hazard`),
    severity: words.severity.from(message.severity, `${field}.severity`),
    description: text(message.description, 0, 4000, `${field}.description`),
    people: tableFrom(message.breakdown, message.people, message.peopleTotal, field),
    sources: texts(message.sources, 20, 300, `${field}.sources`),
  };
}

function tableFrom(breakdown: Breakdown, rows: readonly TableRow[], total: WireCount | undefined, field: string): Table {
  if (rows.length > MAX_ROWS) refuse(`${field}.rows`, `must be at most ${MAX_ROWS}`);
  return {
    breakdown: words.breakdown.from(breakdown, `${field}.breakdown`),
    rows: rows.map((row, i) => ({
      key: text(row.key, 1, 40, `${field}.rows[${i}].key`),
      count: countFrom(row.count, `${field}.rows[${i}].count`),
    })),
    ...(total === undefined ? {} : { total: countFrom(total, `${field}.total`) }),
  };
}

function countFrom(message: WireCount | undefined, field: string): Count {
  if (message === undefined) return refuse(field, 'must be set');
  if (message.state !== CountState.COUNT_STATE_KNOWN && message.value !== 0n) {
    refuse(field, 'has a value although its state is not KNOWN');
  }
  switch (message.state) {
    case CountState.COUNT_STATE_KNOWN:
      return { kind: 'known', value: integerFrom(message.value, field) };
    case CountState.COUNT_STATE_UNKNOWN:
      return { kind: 'unknown' };
    case CountState.COUNT_STATE_SUPPRESSED:
      return { kind: 'suppressed' };
    case CountState.COUNT_STATE_UNSPECIFIED:
    case CountState.UNRECOGNIZED:
    default:
      throw new CorridorError('UNKNOWN_ENUM_VALUE', `${field}.state must be KNOWN, UNKNOWN or SUPPRESSED`, { field });
  }
}

function text(value: string, least: number, most: number, field: string): string {
  if (value.length < least || value.length > most) refuse(field, `must have ${least}-${most} characters`);
  return value;
}

function texts(values: readonly string[], most: number, length: number, field: string): readonly string[] {
  if (values.length > most) refuse(field, `must be at most ${most}`);
  return values.map((value, i) => text(value, 1, length, `${field}[${i}]`));
}
