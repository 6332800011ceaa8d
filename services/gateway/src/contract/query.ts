import { type DescEnum, type DescField, type DescMessage, type JsonValue, ScalarType } from '@bufbuild/protobuf';
import { CorridorError } from '@corridor/kernel';
import { enumOf, isText, messageOf } from './fields.ts';
import { requestOfJson } from './json-request.ts';

/** A field that a query can name. */
export interface QueryField {
  /** `filter.areas` */
  readonly name: string;
  readonly field: DescField;
}

/** Messages within messages go so deep at most; requests that are read by query are flat. */
const DEPTH = 4;

/** What a query can say of a request: its fields, those of messages within it by dotted names. */
export function queryFields(type: DescMessage, prefix = '', depth = DEPTH): readonly QueryField[] {
  return type.fields.flatMap((field): readonly QueryField[] => {
    const name = `${prefix}${field.jsonName}`;
    const message = messageOf(field);
    if (field.fieldKind === 'map') return [];
    if (message === undefined || isText(message)) return [{ name, field }];
    return field.fieldKind === 'message' && depth > 0 ? queryFields(message, `${name}.`, depth - 1) : [];
  });
}

/**
 * The serialised request in the parameters of a query. Lists are given by repetition, fields of messages by dotted names
 * (`filter.areas=ITA`), values of enums by their names with or without the prefix.
 * @throws CorridorError INVALID_ARGUMENT, UNKNOWN_ENUM_VALUE
 */
export function requestOfQuery(type: DescMessage, query: URLSearchParams): Uint8Array {
  const fields = new Map(queryFields(type).map(({ name, field }) => [name, field]));
  const request: Nested = new Map();
  for (const name of new Set(query.keys())) {
    const field = fields.get(name);
    if (field === undefined) throw invalid(name, `the query has no parameter ${shown(name)}`);
    const texts = query.getAll(name);
    if (field.fieldKind !== 'list' && texts.length > 1) throw invalid(name, `the parameter ${name} is given ${texts.length} times`);
    const values = texts.map((text) => valueOf(field, name, text));
    set(request, name.split('.'), field.fieldKind === 'list' ? values : (values[0] ?? null));
  }
  return requestOfJson(type, jsonOf(request));
}

type Nested = Map<string, Nested | JsonValue>;

function set(into: Nested, [first = '', ...rest]: readonly string[], value: JsonValue): void {
  if (rest.length === 0) {
    into.set(first, value);
    return;
  }
  const known = into.get(first);
  const within: Nested = known instanceof Map ? known : new Map<string, Nested | JsonValue>();
  into.set(first, within);
  set(within, rest, value);
}

const jsonOf = (nested: Nested): JsonValue => Object.fromEntries([...nested].map(([name, value]) => [name, value instanceof Map ? jsonOf(value) : value]));

function valueOf(field: DescField, name: string, text: string): JsonValue {
  const enumeration = enumOf(field);
  if (enumeration !== undefined) return enumName(enumeration, name, text);
  if (scalarOf(field) !== ScalarType.BOOL) return text;
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw invalid(name, `the parameter ${name} must be true or false`);
}

const scalarOf = (field: DescField): ScalarType | undefined => (field.fieldKind === 'scalar' || field.fieldKind === 'list' ? field.scalar : undefined);

/** The full name of a value: `planning`, `PLANNING` and `PURPOSE_PLANNING` are one. */
function enumName({ typeName, sharedPrefix = '', values }: DescEnum, name: string, text: string): string {
  const wanted = text.toLowerCase().replaceAll('-', '_');
  const value = values.find((each) => each.name.toLowerCase() === wanted || each.name.toLowerCase() === `${sharedPrefix}${wanted}`);
  if (value === undefined) throw new CorridorError('UNKNOWN_ENUM_VALUE', `the parameter ${name} is not a value of ${typeName}`, { field: name, enum: typeName });
  return value.name;
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 100).toWellFormed());
const invalid = (name: string, message: string): CorridorError => new CorridorError('INVALID_ARGUMENT', message, { field: name.slice(0, 100).toWellFormed() });
