import { WORDS_EN as WORDS } from '../messages/words.en.ts';
import { get } from './call.ts';
import { count, handling, period, place } from './common.ts';
import { flag, integer, list, object, oneOf, optional, type Parser, type Read, text, time, Unreadable } from './json.ts';
import type { PurposeName } from './vocabulary.ts';

const rows = list(object({ key: text, count }));
export type TableRow = Read<typeof rows>[number];

const movement = object({
  measure: oneOf(WORDS.measure),
  population: oneOf(WORDS.population),
  quality: oneOf(WORDS.quality),
  mode: text,
  breakdown: text,
  rows,
  total: optional(count),
});
export type Movement = Read<typeof movement>;

const rescue = object({ phase: oneOf(WORDS.rescuePhase), positionTime: optional(time), position: optional(object({ latitude: degrees, longitude: degrees })), people: rows, peopleTotal: optional(count), rescueCentre: text, assets: list(text) });
const crisis = object({ hazard: text, severity: oneOf(WORDS.severity), description: text, people: rows, peopleTotal: optional(count), sources: list(text) });
const retraction = object({ reason: text });

function degrees(value: unknown, path: string): number {
  if (value === undefined) return 0;
  if (typeof value !== 'number') throw new Unreadable(path, 'degrees');
  return value;
}

/** What an update says. */
export type Content =
  | { readonly kind: 'movement'; readonly movement: Movement }
  | { readonly kind: 'rescue'; readonly rescue: Read<typeof rescue> }
  | { readonly kind: 'crisis'; readonly crisis: Read<typeof crisis> }
  | { readonly kind: 'retraction'; readonly reason: string };

const contents = object({ movement: optional(movement), rescue: optional(rescue), crisis: optional(crisis), retraction: optional(retraction) });

const content: Parser<Content> = (value, path) => {
  const read = contents(value, path);
  if (read.movement !== undefined) return { kind: 'movement', movement: read.movement };
  if (read.rescue !== undefined) return { kind: 'rescue', rescue: read.rescue };
  if (read.crisis !== undefined) return { kind: 'crisis', crisis: read.crisis };
  if (read.retraction !== undefined) return { kind: 'retraction', reason: read.retraction.reason };
  throw new Unreadable(path, 'an update of a kind that this version knows');
};

const facts = object({ name: text, version: integer, place: optional(place), period: optional(period), totalBasis: text });
const view = object({
  series: text,
  category: oneOf(WORDS.category),
  handling,
  form: oneOf(WORDS.viewForm),
  ownNationalsNeverIncluded: flag,
  watermark: text,
  updates: list((value, path) => ({ ...facts(value, path), content: content(value, path) })),
});
type Batch = Read<typeof view>;

/** One version of one report as the signed-in agency may see it, with what its message says of all of them. */
export interface Update extends Omit<Batch, 'updates'> {
  readonly name: string;
  readonly version: number;
  readonly place: Read<typeof facts>['place'];
  readonly period: Read<typeof facts>['period'];
  /** The total is the sum of the rows shown, and nothing else. */
  readonly totalOfShownRows: boolean;
  readonly content: Content;
  readonly publishTime: number;
}

const delivered = object({ batch: view, publishTime: time });

/** The updates of a delivery or of an archived message, each with what is said of all. */
export const updatesIn: Parser<readonly Update[]> = (value, path) => {
  const { batch, publishTime } = delivered(value, path);
  const { updates, ...common } = batch;
  return updates.map(({ totalBasis, ...update }) => ({ ...common, ...update, totalOfShownRows: totalBasis === 'TOTAL_BASIS_SHOWN_ROWS', publishTime }));
};

/** A page of updates, newest first. */
export interface UpdatesPage {
  readonly updates: readonly Update[];
  /** '' at the end. */
  readonly nextPageToken: string;
}
const page = object({ batches: list(updatesIn), nextPageToken: text });

/** What is in the archive for the signed-in agency. @throws Refusal */
export async function listUpdates(purpose: PurposeName, category: string, pageToken: string, pageSize: number, signal: AbortSignal): Promise<UpdatesPage> {
  const { batches, nextPageToken } = await get('hub/list-updates', { purpose, 'filter.categories': category, pageSize, pageToken }, page, signal);
  return { updates: batches.flat(), nextPageToken };
}
