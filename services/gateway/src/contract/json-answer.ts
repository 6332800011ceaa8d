import { type DescMessage, type FileRegistry, fromBinary, type JsonValue, toJson } from '@bufbuild/protobuf';
import { embeddedIn } from './embedded.ts';
import { messageOf } from './fields.ts';
import { isObject } from './json.ts';

/** Writes the answers of the node as JSON. */
export interface JsonAnswers {
  /**
   * A serialised message in the protobuf JSON mapping. What has no unset state is always there, also when it is zero,
   * empty or false; enums go by their names, 64-bit numbers are strings, bytes are base64, times RFC 3339.
   */
  jsonOf(type: DescMessage, bytes: Uint8Array): JsonValue;
}

export function jsonAnswers(contracts: FileRegistry): JsonAnswers {
  const embeds = embeddingTypes(contracts);
  const jsonOf = (type: DescMessage, bytes: Uint8Array): JsonValue => {
    const json = toJson(type, fromBinary(type, bytes), { alwaysEmitImplicit: true, registry: contracts });
    return embeds.has(type.typeName) ? opened(type, json) : json;
  };

  /** The same JSON with embedded messages in the place of their bytes. */
  const opened = (type: DescMessage, json: JsonValue): JsonValue => {
    if (!isObject(json)) return json;
    const open: Record<string, JsonValue> = { ...json };
    for (const field of type.fields) {
      const value = open[field.jsonName];
      if (value === undefined) continue;
      const embedded = embeddedIn(field, contracts);
      const message = messageOf(field);
      if (embedded !== undefined && typeof value === 'string') {
        if (value === '') delete open[field.jsonName];
        else open[field.jsonName] = jsonOf(embedded, Buffer.from(value, 'base64'));
      } else if (message !== undefined && embeds.has(message.typeName)) {
        open[field.jsonName] = Array.isArray(value) ? value.map((item) => opened(message, item)) : opened(message, value);
      }
    }
    return open;
  };
  return { jsonOf };
}

/** The messages that hold an embedded one, at whatever depth. */
function embeddingTypes(contracts: FileRegistry): ReadonlySet<string> {
  const messages = [...contracts].filter((described) => described.kind === 'message');
  const embedding = new Set<string>();
  for (let before = -1; before < embedding.size; ) {
    before = embedding.size;
    for (const { typeName, fields } of messages) {
      if (fields.some((field) => embeddedIn(field, contracts) !== undefined || embedding.has(messageOf(field)?.typeName ?? ''))) embedding.add(typeName);
    }
  }
  return embedding;
}
