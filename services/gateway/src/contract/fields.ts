import type { DescEnum, DescField, DescMessage } from '@bufbuild/protobuf';

/** The message that a field holds, be it alone, in a list or as the values of a map. */
export const messageOf = (field: DescField): DescMessage | undefined => ('message' in field ? field.message : undefined);

/** The enum whose values a field holds, be it alone, in a list or as the values of a map. */
export const enumOf = (field: DescField): DescEnum | undefined => ('enum' in field ? field.enum : undefined);

/** Whether JSON writes a message as a single text, as it does times and durations. */
export const isText = ({ typeName }: DescMessage): boolean => typeName.startsWith('google.protobuf.');
