import type { DescMessage } from '@bufbuild/protobuf';
import { CorridorError } from '@corridor/kernel';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { builtDescriptors, contractsIn } from './contracts.ts';
import { requestOfBody } from './json-request.ts';
import { operationsOf } from './operations.ts';
import { queryFields, requestOfQuery } from './query.ts';

const operations = operationsOf(contractsIn(builtDescriptors()));
const inputs = operations.map(({ input }) => input);

/** Reads, or refuses as bad input; anything else would be told as a defect of the node. */
function readOrRefuse(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof CorridorError) || error.code !== 'INVALID_ARGUMENT') throw error;
  }
}

const junk = fc.oneof(fc.jsonValue(), fc.constantFrom('', '-1', '1e400', 'NaN', '2026-13-01T00:00:00Z', '10000-01-01T00:00:00Z', '*', 'PURPOSE_PLANNING', -1, 1.5, 2 ** 40, null, true, [], {}));

/** JSON that knows the names of a message's fields, and puts anything there. */
const almost = (type: DescMessage, depth = 3): fc.Arbitrary<unknown> =>
  fc.dictionary(fc.constantFrom(...type.fields.map(({ jsonName }) => jsonName), 'nonsense'), junk, { maxKeys: 4 }).chain((given) => {
    const nested = type.fields.filter((field) => field.fieldKind === 'message' || (field.fieldKind === 'list' && field.listKind === 'message'));
    const [field] = nested;
    const message = field !== undefined && 'message' in field ? field.message : undefined;
    if (field === undefined || message === undefined || depth === 0) return fc.constant(given);
    return almost(message, depth - 1).map((within) => ({ ...given, [field.jsonName]: field.fieldKind === 'list' ? [within] : within }));
  });

describe('whatever is sent', () => {
  it('as a body to any operation is read, or refused as bad input', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...inputs).chain((type) => fc.tuple(fc.constant(type), almost(type))),
        ([type, json]) => readOrRefuse(() => requestOfBody(type, Buffer.from(JSON.stringify(json)))),
      ),
      { numRuns: 1000 },
    );
    fc.assert(fc.property(fc.constantFrom(...inputs), fc.uint8Array({ maxLength: 60 }), (type, bytes) => readOrRefuse(() => requestOfBody(type, bytes))));
  });

  it('as a query to any operation is read, or refused as bad input', () => {
    const query = (type: DescMessage) => fc.array(fc.tuple(fc.oneof(fc.constantFrom(...queryFields(type).map(({ name }) => name), 'nonsense'), fc.string()), fc.oneof(fc.string(), fc.constantFrom('true', '-1', '1e400', '*', 'planning', '2026-13-01T00:00:00Z'))), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.constantFrom(...inputs).chain((type) => fc.tuple(fc.constant(type), query(type))),
        ([type, pairs]) => readOrRefuse(() => requestOfQuery(type, new URLSearchParams(pairs))),
      ),
      { numRuns: 1000 },
    );
  });
});
