import { type DescEnum, type DescField, type DescMessage, type FileRegistry, type JsonObject, ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { commentOf } from '../contract/comments.ts';
import { embeddedIn } from '../contract/embedded.ts';
import { enumOf, isText, messageOf } from '../contract/fields.ts';

/** A reference to the schema of a message or an enum. */
export const referenceTo = ({ typeName }: DescMessage | DescEnum): JsonObject => ({ $ref: `#/components/schemas/${typeName}` });

/** The schema of one value of a field, whether the field is a list or not. */
export function itemSchema(field: DescField, contracts: FileRegistry): JsonObject {
  const message = embeddedIn(field, contracts) ?? messageOf(field);
  if (message !== undefined) return isText(message) ? TEXTS[message.typeName] ?? { type: 'string' } : referenceTo(message);
  const enumeration = enumOf(field);
  if (enumeration !== undefined) return referenceTo(enumeration);
  const scalar = 'scalar' in field ? field.scalar : undefined;
  return SCALARS[scalar ?? ScalarType.STRING];
}

function fieldSchema(field: DescField, contracts: FileRegistry): JsonObject {
  const item = itemSchema(field, contracts);
  const description = commentOf(field);
  if (field.fieldKind === 'list') return { type: 'array', items: item, description };
  if (field.fieldKind === 'map') return { type: 'object', additionalProperties: item, description };
  return { ...item, description };
}

/**
 * The schemas of messages and of all that lies in them, by name. Of a message that only answers hold, what is always
 * there is required; in a request everything may be left out, and then has its zero value.
 */
export function schemasOf(requests: readonly DescMessage[], answers: readonly DescMessage[], contracts: FileRegistry): JsonObject {
  const asked = reachable(requests, contracts);
  const answered = reachable(answers, contracts);
  const all = new Map([...asked, ...answered]);
  const schemaOf = (type: DescMessage | DescEnum): JsonObject => (type.kind === 'enum' ? enumSchema(type) : messageSchema(type, asked.has(type.typeName), contracts));
  return Object.fromEntries([...all.values()].toSorted((a, b) => (a.typeName < b.typeName ? -1 : 1)).map((type) => [type.typeName, schemaOf(type)]));
}

function messageSchema(type: DescMessage, asked: boolean, contracts: FileRegistry): JsonObject {
  const always = asked ? [] : type.fields.filter((field) => isAlwaysThere(field, contracts)).map(({ jsonName }) => jsonName);
  const choices = type.oneofs.map((oneof) => `${commentOf(oneof)} One of ${oneof.fields.map(({ jsonName }) => jsonName).join(', ')}.`);
  return {
    type: 'object',
    description: [commentOf(type), ...choices].join(' '),
    properties: Object.fromEntries(type.fields.map((field) => [field.jsonName, fieldSchema(field, contracts)])),
    ...(always.length === 0 ? {} : { required: always }),
    additionalProperties: false,
  };
}

const isAlwaysThere = (field: DescField, contracts: FileRegistry): boolean =>
  field.fieldKind === 'list' || field.fieldKind === 'map' || (field.presence === FeatureSet_FieldPresence.IMPLICIT && embeddedIn(field, contracts) === undefined);

const enumSchema = (type: DescEnum): JsonObject => ({
  type: 'string',
  description: [commentOf(type), ...type.values.map((value) => `${value.name}: ${commentOf(value)}`)].join(' '),
  enum: type.values.map(({ name }) => name),
});

/** The messages and enums that lie in messages, with those messages. */
function reachable(from: readonly DescMessage[], contracts: FileRegistry): ReadonlyMap<string, DescMessage | DescEnum> {
  const found = new Map<string, DescMessage | DescEnum>();
  const visit = (type: DescMessage): void => {
    if (found.has(type.typeName) || isText(type)) return;
    found.set(type.typeName, type);
    for (const field of type.fields) {
      const enumeration = enumOf(field);
      if (enumeration !== undefined) found.set(enumeration.typeName, enumeration);
      const message = embeddedIn(field, contracts) ?? messageOf(field);
      if (message !== undefined) visit(message);
    }
  };
  for (const type of from) visit(type);
  return found;
}

/** Messages that JSON writes as one text (protobuf JSON mapping). */
const TEXTS: Readonly<Record<string, JsonObject>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
};

const int32 = { type: 'integer', format: 'int32', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const uint32 = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 };
const int64 = { type: 'string', pattern: '^-?[0-9]+$' };
const uint64 = { type: 'string', pattern: '^[0-9]+$' };

/** The protobuf JSON mapping of each scalar: 64-bit numbers are strings, since JSON readers round them. */
const SCALARS: Readonly<Record<ScalarType, JsonObject>> = {
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
  [ScalarType.DOUBLE]: { type: 'number' },
  [ScalarType.FLOAT]: { type: 'number' },
  [ScalarType.INT32]: int32,
  [ScalarType.SINT32]: int32,
  [ScalarType.SFIXED32]: int32,
  [ScalarType.UINT32]: uint32,
  [ScalarType.FIXED32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.SINT64]: int64,
  [ScalarType.SFIXED64]: int64,
  [ScalarType.UINT64]: uint64,
  [ScalarType.FIXED64]: uint64,
};
