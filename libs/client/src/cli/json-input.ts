import { CorridorError } from '@corridor/kernel';

/** A generated message type: reads and writes the protobuf JSON mapping. */
export interface JsonMessage<T> {
  fromJSON(value: unknown): T;
  toJSON(message: T): unknown;
}

/**
 * Reads a message from JSON (protobuf JSON mapping, lowerCamelCase). The generated readers pass over what they do not
 * know; here a misspelt field or value must not silently change what is published, so nothing may be lost on the way.
 * @throws CorridorError INVALID_ARGUMENT naming the field, UNKNOWN_ENUM_VALUE for an unknown value of an enum.
 */
export function messageOf<T>(type: JsonMessage<T>, text: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(what, 'is not JSON', '');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(what, 'must be a JSON object', '');
  let message: T;
  let read: unknown;
  try {
    message = type.fromJSON(value);
    read = type.toJSON(message);
  } catch (error) {
    // BigInt and Date refuse what is no number and no time.
    throw invalid(what, `holds a value that cannot be read: ${error instanceof Error ? error.message : String(error)}`, '');
  }
  compare(value, read, what, '');
  return message;
}

/** Whether everything that was given is in what was read. */
function compare(given: unknown, read: unknown, what: string, path: string): void {
  if (Array.isArray(given)) {
    if (!Array.isArray(read) || read.length !== given.length) {
      if (given.length > 0) throw invalid(what, `${path} is unknown or must not be a list`, path);
      return;
    }
    given.forEach((item, i) => compare(item, read[i], what, `${path}[${i}]`));
    return;
  }
  if (typeof given === 'object' && given !== null) {
    const target = new Map(typeof read === 'object' && read !== null ? Object.entries(read) : []);
    if (read === undefined) throw invalid(what, `${path} is unknown`, path);
    for (const [key, item] of Object.entries(given)) compare(item, target.get(key), what, path === '' ? key : `${path}.${key}`);
    return;
  }
  // Fields with their default value are left out by the mapping.
  if (read === undefined && (given === null || given === '' || given === 0 || given === '0' || given === false)) return;
  if (read === undefined || typeof read === 'object') throw invalid(what, `${path} is unknown or has a value of the wrong kind`, path);
  if (read === 'UNRECOGNIZED') throw new CorridorError('UNKNOWN_ENUM_VALUE', `${what}: ${path} has no value ${JSON.stringify(given)}`, { field: path });
}

const invalid = (what: string, message: string, path: string): CorridorError =>
  new CorridorError('INVALID_ARGUMENT', `${what}: ${message}`, path === '' ? {} : { field: path });
