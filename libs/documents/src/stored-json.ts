import { CorridorError, fromUtf8, utf8, view } from '@corridor/kernel';

/** How bytes and maps stand in JSON: an object with one of these keys, which no document of ours has. */
const BYTES = '$bytes';
const MAP = '$map';

/**
 * Writes and reads documents as JSON in which byte strings and maps stand as tagged objects. Only what `encode` wrote is
 * ever read, so `decode` checks that it is JSON and trusts its form.
 */
export const storedJson = <T>(): { encode(doc: T): Uint8Array; decode(bytes: Uint8Array): T } => ({
  encode: (doc) => utf8(JSON.stringify(tagged(doc))),
  decode: (bytes) => {
    try {
      const text = fromUtf8(bytes);
      // Most documents hold neither, and looking at each member for them takes several times as long as reading them.
      const holdsTags = text.includes(`"${BYTES}"`) || text.includes(`"${MAP}"`);
      return (holdsTags ? JSON.parse(text, untag) : JSON.parse(text)) as T;
    } catch (error) {
      throw new CorridorError('DATABASE_DAMAGED', 'a stored document is no JSON', {}, { cause: error });
    }
  },
});

function tagged(value: unknown): unknown {
  if (value instanceof Uint8Array) return { [BYTES]: view(value).toString('base64') };
  if (value instanceof Map) return { [MAP]: Array.from(value, tagged) };
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, tagged(member)]));
}

function untag(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (BYTES in value && typeof value[BYTES] === 'string') return new Uint8Array(Buffer.from(value[BYTES], 'base64'));
  if (MAP in value && Array.isArray(value[MAP])) return new Map(value[MAP].map(entryOf));
  return value;
}

function entryOf(pair: unknown): [unknown, unknown] {
  if (!Array.isArray(pair)) throw new TypeError('a map consists of pairs');
  const parts: readonly unknown[] = pair;
  return [parts[0], parts[1]];
}
