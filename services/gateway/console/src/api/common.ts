import { WORDS_EN as WORDS } from '../messages/words.en.ts';
import { decimal, integer, list, object, oneOf, optional, type Parser, type Read, text, time, Unreadable } from './json.ts';

/** A count: zero, unknown and suppressed are three different things. */
export type Count = { readonly state: 'known'; readonly value: number } | { readonly state: 'unknown' } | { readonly state: 'suppressed' };

const rawCount = object({ state: text, value: integer });

/** Reads a count. A state that nobody knows is no count. */
export const count: Parser<Count> = (value, path) => {
  const read = rawCount(value, path);
  switch (read.state) {
    case 'COUNT_STATE_KNOWN':
      return { state: 'known', value: read.value };
    case 'COUNT_STATE_UNKNOWN':
      return { state: 'unknown' };
    case 'COUNT_STATE_SUPPRESSED':
      return { state: 'suppressed' };
    default:
      throw new Unreadable(path, 'a count');
  }
};

export const period = object({ start: time, end: time, granularity: oneOf(WORDS.granularity) });
export type Period = Read<typeof period>;

const point = object({ latitude: decimal, longitude: decimal });
export type Point = Read<typeof point>;

const rawPlace = object({ country: text, adminCode: text, route: text, point: optional(point) });

/** A place of the gazetteer by its id, and where it was told more exactly the point. */
export interface PlaceRef {
  /** Country code, admin code or route id; '' for none. */
  readonly id: string;
  readonly point: Point | undefined;
}
export const place: Parser<PlaceRef> = (value, path) => {
  const { country, adminCode, route, point: at } = rawPlace(value, path);
  return { id: country || adminCode || route, point: at };
};

export const handling = object({
  tlp: oneOf(WORDS.tlp),
  purposes: list(oneOf(WORDS.purpose)),
  retentionDays: integer,
  onwardSharing: oneOf(WORDS.onwardSharing),
});

/** The last part of a resource name: `agencies/x/series/y` -> `y`. */
export const idOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** The agency of a resource name `agencies/{agency}/…`; '' when it has none. */
export const agencyOf = (name: string): string => /^agencies\/([^/]+)/.exec(name)?.[1] ?? '';
