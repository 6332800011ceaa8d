import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { ArchivedBatch, ListPlacesResponse, ListUpdatesResponse, PreviewUpdatesResponse, PublishRequest, PublishResponse } from '@corridor/contracts/hub/v1/hub';
import { newUuid } from '@corridor/kernel';
import { arrivals, handlingFor, publication } from '@corridor/test-e2e/counts';
import { eventually, type Story } from './story.ts';

export const ROUTE = 'central-mediterranean-route';
const ROUTE_NAME = 'Central Mediterranean Route';
/** Counts of four months; the last one is a surge. */
const DETECTIONS = [
  'month,route,mode,nationality_iso3,persons',
  ...[100, 120, 110, 900].map((persons, i) => `2025-0${i + 1},${ROUTE_NAME},Sea,SYR,${persons}`),
  '',
].join('\n');
/** How counts are handled. */
export const HANDLING = ['--tlp', 'amber', '--legal-basis', 'public-interest', '--level', 'aggregate', '--retention-days', '365', '--onward-sharing', 'prohibited', '--precision', 'admin2'];
/** Where relief keeps its deliveries and the receipts of their windows. */
export const receiptsFolder = (story: Story): string => story.path('receipts');

/** What a subscriber prints. */
const Delivered = { fromJSON: (line: unknown): unknown => line };

/** One publication that is previewed, published and delivered; and a file. */
export async function exchange(story: Story): Promise<void> {
  const [harbour, relief] = [story.as('harbour/desk'), story.as('relief/desk')];
  const { places } = await relief.read(ListPlacesResponse, 'places', 'central med');
  expect(places.map(({ placeId, kind, displayName }) => [placeId, kind, displayName])).toEqual([[ROUTE, 'route', ROUTE_NAME]]);

  const request = publication('agencies/harbour/series/landings', handlingFor(Purpose.PURPOSE_PLANNING), [arrivals({ updateId: newUuid(), rows: { AFG: 30, SYR: 120 } })]);
  const file = story.file('landings.json', JSON.stringify(PublishRequest.toJSON(request)));
  const { entries } = await harbour.read(PreviewUpdatesResponse, 'preview', file);
  const previewed = entries.filter(({ allowed }) => allowed);
  expect(previewed.map(({ recipient, purpose }) => [recipient, purpose])).toEqual([['agencies/relief', Purpose.PURPOSE_PLANNING]]);
  expect((await harbour.read(ListUpdatesResponse, 'list', '--purpose', 'planning')).batches).toEqual([]);

  const { receipts } = await harbour.read(PublishResponse, 'publish', file);
  const { name } = receipts[0] ?? expect.fail('no receipt');
  expect(await harbour.run('publish', file)).toMatch(/ was there already$/m);
  const deliveries = await relief.lines(Delivered, 'subscribe', '--purpose', 'planning', '--from', 'beginning', '--until-idle', '1', '--receipts', receiptsFolder(story), '--cursor-file', story.path('cursor'));
  expect(deliveries).toMatchObject([{ batch: { series: 'agencies/harbour/series/landings' }, raw: { bytes: Buffer.from(previewed[0]?.batch ?? []).toString('base64') } }]);
  expect(readdirSync(receiptsFolder(story))).toEqual([expect.stringMatching(/\.ndjson$/)]);

  await importDetections(story);
  const archived = await eventually(() => relief.read(ArchivedBatch, 'get', name, '--purpose', 'planning'));
  expect(archived.batch?.updates).toMatchObject([{ name, version: 1, content: { value: { total: { value: 150n } } } }]);
  await eventually(async () => expect((await listed(relief, 'agencies/harbour/series/detections')).length).toBe(4));
  expect(await listed(relief, 'agencies/harbour/series/landings')).toEqual([name]);

  const token = await story.signingIn('relief/desk').start('token');
  expect(await story.with({ CORRIDOR_TOKEN: token.trim() }).run('list', '--purpose', 'planning', '--limit', '1')).toMatch(/^agencies\/harbour\/series\/detections\//m);
}

/** The names of what an agency finds of a series in the archive for planning. */
export async function listed(seat: ReturnType<Story['as']>, series: string): Promise<readonly string[]> {
  const { batches } = await seat.read(ListUpdatesResponse, 'list', '--purpose', 'planning', '--series', series);
  return batches.flatMap(({ batch }) => batch?.updates.map(({ name }) => name) ?? []);
}

async function importDetections(story: Story): Promise<void> {
  const harbour = story.as('harbour/desk');
  const file = story.file('detections.csv', DETECTIONS);
  expect(await harbour.run('import', 'movements', file, '--check')).toMatch(/ is right: 4 rows, 4 updates$/m);
  const command = ['import', 'movements', file, '--series', 'detections', '--use', 'planning', '--use', 'early-warning', ...HANDLING];
  expect(JSON.parse(await harbour.run(...command, '--json'))).toEqual({ rows: 4, leftOut: 0, updates: 4, published: 4, repeated: 0, refused: [] });
  expect(JSON.parse(await harbour.run(...command, '--json'))).toMatchObject({ published: 0, repeated: 4 });
}
