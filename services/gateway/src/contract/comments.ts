import type { DescEnum, DescEnumValue, DescField, DescFile, DescMessage, DescMethod, DescOneof, DescService } from '@bufbuild/protobuf';

type Commented = DescMessage | DescField | DescOneof | DescEnum | DescEnumValue | DescService | DescMethod;

/** Field numbers of FileDescriptorProto and what lies in it: the steps of SourceCodeInfo.Location.path (descriptor.proto). */
const STEP = { messages: 4, enums: 5, services: 6, fields: 2, nestedMessages: 3, nestedEnums: 4, oneofs: 8, values: 2, methods: 2 } as const;

const known = new WeakMap<DescFile, ReadonlyMap<string, string>>();

/** What the contract says of something in the comment before it, in one line; '' when nothing. */
export function commentOf(described: Commented): string {
  const file = fileOf(described);
  let comments = known.get(file);
  if (comments === undefined) {
    comments = commentsIn(file);
    known.set(file, comments);
  }
  return comments.get(pathOf(described).join()) ?? '';
}

const commentsIn = (file: DescFile): ReadonlyMap<string, string> =>
  new Map((file.proto.sourceCodeInfo?.location ?? []).map(({ path, leadingComments }) => [path.join(), leadingComments.replaceAll(/\s+/g, ' ').trim()]));

function fileOf(described: Commented): DescFile {
  return 'file' in described ? described.file : described.parent.file;
}

function pathOf(described: Commented): readonly number[] {
  switch (described.kind) {
    case 'service':
      return [STEP.services, described.file.proto.service.indexOf(described.proto)];
    case 'rpc':
      return [...pathOf(described.parent), STEP.methods, described.parent.proto.method.indexOf(described.proto)];
    case 'field':
      return [...pathOf(described.parent), STEP.fields, described.parent.proto.field.indexOf(described.proto)];
    case 'oneof':
      return [...pathOf(described.parent), STEP.oneofs, described.parent.proto.oneofDecl.indexOf(described.proto)];
    case 'enum_value':
      return [...pathOf(described.parent), STEP.values, described.parent.proto.value.indexOf(described.proto)];
    case 'message': {
      const { parent } = described;
      if (parent === undefined) return [STEP.messages, described.file.proto.messageType.indexOf(described.proto)];
      return [...pathOf(parent), STEP.nestedMessages, parent.proto.nestedType.indexOf(described.proto)];
    }
    case 'enum': {
      const { parent } = described;
      if (parent === undefined) return [STEP.enums, described.file.proto.enumType.indexOf(described.proto)];
      return [...pathOf(parent), STEP.nestedEnums, parent.proto.enumType.indexOf(described.proto)];
    }
  }
}
