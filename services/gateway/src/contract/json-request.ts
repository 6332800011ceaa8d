import { type DescMessage, fromJson, fromJsonString, type JsonValue, type Message, toBinary } from '@bufbuild/protobuf';
import { isFieldError } from '@bufbuild/protobuf/reflect';
import { CorridorError, fromUtf8 } from '@corridor/kernel';

/**
 * The serialised request in a body of JSON (protobuf JSON mapping). Nothing is passed over: what the contract does not
 * know, and what is said twice, is refused.
 * @throws CorridorError INVALID_ARGUMENT, UNKNOWN_ENUM_VALUE; neither repeats what was sent but names of fields
 */
export function requestOfBody(type: DescMessage, body: Uint8Array): Uint8Array {
  return serialised(type, () => {
    const text = textOf(body);
    JSON.parse(text, exactNumber);
    return fromJsonString(type, text);
  });
}

/** A number that JSON readers have rounded is not the one that was sent; such large ones are sent as text. */
function exactNumber(_name: string, value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new CorridorError('INVALID_ARGUMENT', 'a number beyond 2^53 - 1 must be sent as text');
  }
  return value;
}

/** The same of a JSON value. */
export const requestOfJson = (type: DescMessage, json: JsonValue): Uint8Array => serialised(type, () => fromJson(type, json));

function serialised(type: DescMessage, read: () => Message): Uint8Array {
  let message: Message;
  try {
    message = read();
  } catch (error) {
    throw refusalOf(type, error);
  }
  return toBinary(type, message);
}

function textOf(body: Uint8Array): string {
  try {
    return fromUtf8(body);
  } catch (cause) {
    throw new CorridorError('INVALID_ARGUMENT', 'the body is not UTF-8', {}, { cause });
  }
}

const MOST_OF_A_NAME = 100;

/** What the reader of JSON says holds values; this says the same without them. */
function refusalOf(type: DescMessage, cause: unknown): CorridorError {
  if (cause instanceof CorridorError) return cause;
  const { message, cause: inner } = cause instanceof Error ? cause : new Error();
  if (isFieldError(inner)) {
    const field = inner.field().name;
    const what = /^(?:list item #\d+: )?expected [^,:]+|^set multiple times|^oneof set multiple times by \w+ and \w+/.exec(inner.message)?.[0];
    return new CorridorError('INVALID_ARGUMENT', `the field ${field} of ${inner.field().parent.typeName} cannot be read${what === undefined ? '' : `: ${what}`}`, { field }, { cause });
  }
  const [, holder, unknown] = /^cannot decode message (\S+) from JSON: key "(.*)" is unknown$/s.exec(message) ?? [];
  if (holder !== undefined && unknown !== undefined) {
    const field = unknown.slice(0, MOST_OF_A_NAME).toWellFormed();
    return new CorridorError('INVALID_ARGUMENT', `${holder} has no field ${JSON.stringify(field)}`, { field }, { cause });
  }
  const [, enumeration] = /^cannot decode enum (\S+) from JSON/.exec(message) ?? [];
  if (enumeration !== undefined) return new CorridorError('UNKNOWN_ENUM_VALUE', `a value of ${enumeration} is not one that it has`, { enum: enumeration }, { cause });
  const [, part] = /^cannot decode message (\S+) from JSON/.exec(message) ?? [];
  return new CorridorError('INVALID_ARGUMENT', `the body must be JSON that can be read as ${type.typeName}${part === undefined || part === type.typeName ? '' : `; a part of it cannot be read as ${part}`}`, {}, { cause });
}
