import type { DescField, DescMessage, FileRegistry } from '@bufbuild/protobuf';

/**
 * Fields of type bytes that hold a serialised message, so that one who sees it is shown the very bytes that others are
 * shown: `{message}.{field}` -> the message. In JSON they are that message, and left out where they are empty.
 */
const EMBEDDED: Readonly<Record<string, string>> = {
  'corridor.hub.v1.Delivery.batch': 'corridor.hub.v1.ViewBatch',
  'corridor.hub.v1.PreviewEntry.batch': 'corridor.hub.v1.ViewBatch',
};

/** Which message the bytes of a field are; undefined for all other fields. */
export function embeddedIn(field: DescField, contracts: FileRegistry): DescMessage | undefined {
  const name = EMBEDDED[`${field.parent.typeName}.${field.name}`];
  return name === undefined ? undefined : contracts.getMessage(name);
}
