import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/** Whether a JSON value is an object, neither a list nor null. */
export const isObject = (json: JsonValue): json is JsonObject => typeof json === 'object' && json !== null && !Array.isArray(json);
