import { v7 } from 'uuid';
import { sha256, view } from './bytes.ts';
import { CorridorError } from './error.ts';
import { randomBytes } from './random.ts';

/** A string that has passed the parser of its kind; `Kind` keeps ids of different things apart at compile time. */
export type Branded<Kind extends string> = string & { readonly __kind: Kind };

/** The id of an agency: a slug of 2-48 characters `[a-z][a-z0-9-]*[a-z0-9]`, chosen at its application, never reused. */
export type AgencyId = Branded<'agency'>;
/** The opaque staff id of an actor, unique within its agency; same grammar as an agency id; never a personal name. */
export type ActorId = Branded<'actor'>;
/** A series (an owner's dataset), unique within its owner; same grammar as an agency id. */
export type SeriesId = Branded<'series'>;
/** A UUID in lower-case canonical text whose first 48 bits are milliseconds since the epoch (RFC 9562, versions 7 and 8). */
export type Uuid = Branded<'uuid'>;

const SLUG = /^[a-z][a-z0-9-]{0,46}[a-z0-9]$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function parseSlug(text: string, field: string): string {
  if (!SLUG.test(text)) {
    throw new CorridorError('INVALID_ID', `${field} must be 2-48 characters [a-z0-9-], starting with a letter`, { field });
  }
  return text;
}

/** Parses an agency id. @throws CorridorError INVALID_ID naming `field`. */
export const agencyId = (text: string, field = 'agency'): AgencyId => parseSlug(text, field) as AgencyId;
/** Parses an actor id. @throws CorridorError INVALID_ID naming `field`. */
export const actorId = (text: string, field = 'actor'): ActorId => parseSlug(text, field) as ActorId;
/** Parses a series id. @throws CorridorError INVALID_ID naming `field`. */
export const seriesId = (text: string, field = 'series'): SeriesId => parseSlug(text, field) as SeriesId;

/** Parses a time-ordered UUID. @throws CorridorError INVALID_ID naming `field`. */
export function uuid(text: string, field = 'id'): Uuid {
  if (!UUID.test(text)) {
    throw new CorridorError('INVALID_ID', `${field} must be a lower-case UUID of version 7 or 8`, { field });
  }
  return text as Uuid;
}

/** A new UUIDv7 (RFC 9562, section 5.7); `now` in milliseconds since the epoch when the caller has a clock of its own. */
export const newUuid = (now: number = Date.now()): Uuid => v7({ msecs: now, random: randomBytes(16) }) as Uuid;

/**
 * The UUID of version 8 (RFC 9562, section 5.8) of what these bytes name: its first 48 bits are `time` in milliseconds
 * since the epoch, its other bits the beginning of SHA-256 over the bytes. Equal things have equal ids.
 */
export function derivedUuid(time: number, of: Uint8Array): Uuid {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(time, 0, 6);
  bytes.set(sha256(of).subarray(0, 10), 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = view(bytes).toString('hex');
  return uuid([hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'));
}

/** The milliseconds since the epoch in the first 48 bits of a UUID of version 7 or 8. */
export const uuidTime = (id: Uuid): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
