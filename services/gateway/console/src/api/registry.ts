import { get } from './call.ts';
import { list, object, optional, type Read, text, time } from './json.ts';

const focalPoint = object({
  name: text,
  theme: text,
  area: text,
  holder: text,
  deputies: list(text),
  validFrom: optional(time),
  validUntil: optional(time),
  absentUntil: optional(time),
});
/** A role of an agency for a theme and an area. */
export type FocalPoint = Read<typeof focalPoint>;
const focalPoints = object({ focalPoints: list(focalPoint), nextPageToken: text });

/** The first thousand focal points of an agency. @throws Refusal */
export const listFocalPoints = async (agency: string, signal: AbortSignal): Promise<readonly FocalPoint[]> =>
  (await get('registry/list-focal-points', { agency, pageSize: 1000 }, focalPoints, signal)).focalPoints;

const agencies = object({ agencies: list(object({ name: text, displayName: text })), nextPageToken: text });
/** Names of agencies for people, by `agencies/{agency}`: the first thousand. @throws Refusal */
export async function agencyNames(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const { agencies: all } = await get('registry/list-agencies', { pageSize: 1000 }, agencies, signal);
  return new Map(all.map(({ name, displayName }) => [name, displayName]));
}

const places = object({ places: list(object({ placeId: text, displayName: text })), nextPageToken: text });
/** So many pages of the gazetteer at most; what lies beyond is shown by its id. */
const PAGES = 5;
/** English names of the places of the gazetteer, by id. @throws Refusal */
export async function placeNames(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  let pageToken = '';
  for (let page = 0; page < PAGES; page += 1) {
    const read = await get('hub/list-places', { pageSize: 1000, pageToken }, places, signal);
    for (const { placeId, displayName } of read.places) names.set(placeId, displayName);
    pageToken = read.nextPageToken;
    if (pageToken === '') break;
  }
  return names;
}
