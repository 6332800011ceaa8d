import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createFileRegistry, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** The contracts in a serialised FileDescriptorSet. */
export const contractsIn = (descriptors: Uint8Array): FileRegistry => createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));

/** The bytes of the contracts that this version was built with. */
export const builtDescriptors = (): Uint8Array => readFileSync(createRequire(import.meta.url).resolve('@corridor/contracts/descriptors.binpb'));
