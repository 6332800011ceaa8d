import { CorridorError, fromUtf8, utf8, view } from '@corridor/kernel';

/** How bytes and maps stand in JSON: an object with one of these keys, which no document of ours has. */
const BYTES = '$bytes';
const MAP = '$map';

/**
 * Writes and reads documents as JSON in which byte strings and maps stand as tagged objects. Only what `encode` wrote is
 * ever read, so `decode` checks that it is JSON and trusts its form.
 */
export const storedJson = <T>(): { encode(doc: T): Uint8Array; decode(bytes: Uint8Array): T } => ({
  encode: (doc) => utf8(JSON.stringify(doc, replace)),
  decode: (bytes) => {
    try {
      return JSON.parse(fromUtf8(bytes), revive) as T;
    } catch (error) {
      throw new CorridorError('DATABASE_DAMAGED', 'a document of the registry is no JSON', {}, { cause: error });
    }
  },
});

function replace(this: unknown, key: string, given: unknown): unknown {
  // Before a replacer sees it, a Buffer has become what its toJSON makes of it: look at the original.
  const value = (this as Readonly<Record<string, unknown>>)[key];
  if (value instanceof Uint8Array) return { [BYTES]: view(value).toString('base64') };
  if (value instanceof Map) return { [MAP]: [...value] };
  return given;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (BYTES in value && typeof value[BYTES] === 'string') return new Uint8Array(Buffer.from(value[BYTES], 'base64'));
  if (MAP in value && Array.isArray(value[MAP])) return new Map(value[MAP] as [unknown, unknown][]);
  return value;
}
