import { createReadStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { importInvalid, type Movements, readMovements, routePlaces } from '@corridor/client/import-movements';
import type { Place } from '@corridor/contracts/common/v1/vocabulary';
import { openGazetteer } from '@corridor/places';
import { Draw } from '../draw.ts';

const FILE = 'movements/route_detections_monthly.csv';
/** The file does not say where its route `Other` is; for this demonstration one country stands in. */
const PLACES = routePlaces(new Map([['Other', 'FRA']]));
export const placeOf = (route: string): Place => PLACES.place(route);

/** A file of detections: as the importer reads it, and its cells as read by a second way that shares nothing with it. */
export interface Detections {
  readonly source: string;
  readonly movements: Movements;
  /** Persons by nationality, by `month|route|mode`. */
  readonly cells: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly persons: number;
}

/** `month|route|mode`, mode in lower case. */
export const tableKey = (month: string, route: string, mode: string): string => `${month}|${route}|${mode.toLowerCase()}`;

/** The real file below the folder of `CORRIDOR_DATA_DIR`, or a generated one of the same shape. @throws CorridorError IMPORT_INVALID. */
export async function readDetections(env: Readonly<Record<string, string | undefined>>): Promise<Detections> {
  const path = resolve(join(env['CORRIDOR_DATA_DIR'] ?? '../shared/data', FILE));
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (there) return detectionsOf(path, createReadStream(path), await readFile(path, 'utf8'));
  const text = generated();
  return detectionsOf(`a generated file, for ${path} is not there`, Readable.from([Buffer.from(text)]), text);
}

async function detectionsOf(source: string, stream: AsyncIterable<Uint8Array>, text: string): Promise<Detections> {
  const read = await readMovements(stream, { isRoute: PLACES.has });
  if ('problems' in read) throw importInvalid(source, read.problems);
  const cells = cellsOf(text);
  const persons = [...cells.values()].flatMap((table) => [...table.values()]).reduce((sum, count) => sum + count, 0);
  return { source, movements: read.movements, cells, persons };
}

/** Lines split at commas: enough for a file without quotes, and nothing of the importer. */
function cellsOf(text: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const tables = new Map<string, Map<string, number>>();
  for (const line of text.split(/\r?\n/).slice(1)) {
    const [month = '', route = '', mode = '', nationality = '', persons = ''] = line.split(',');
    if (month === '') continue;
    const key = tableKey(month, route, mode);
    const table = tables.get(key) ?? new Map<string, number>();
    tables.set(key, table.set(nationality, Number(persons)));
  }
  return tables;
}

/** 2009-01 to 2021-12, nine tables a month, skewed counts of which more than half are below 10. */
function generated(): string {
  const draw = new Draw(4321);
  const routes = ['Central Mediterranean Route', 'Eastern Mediterranean Route', 'Western Balkan Route', 'Western Mediterranean Route', 'Western African Route', 'Other'];
  const nationalities = openGazetteer().countries().map(({ id }) => id).filter((_, i) => i % 4 === 0);
  const lines = ['month,route,mode,nationality_iso3,persons'];
  for (let index = 0; index < 156; index += 1) {
    const month = `${2009 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
    for (const [i, route] of routes.entries()) {
      for (const mode of i < 3 ? ['Land', 'Sea'] : ['Sea']) {
        for (const nationality of ['SYR', 'UNK', ...nationalities]) {
          if (draw.between(1, 3) > 1) continue;
          const size = draw.between(1, 100);
          lines.push([month, route, mode, nationality, size < 58 ? draw.between(1, 9) : draw.between(10, 20 * size)].join());
        }
      }
    }
  }
  return `${lines.join('\n')}\n`;
}
