import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from '@readme/openapi-parser';
import { describe, expect, it } from 'vitest';
import { builtDescriptors, contractsIn } from '../contract/contracts.ts';
import { operationsOf } from '../contract/operations.ts';
import { openApiDocument } from './document.ts';

const document = openApiDocument(builtDescriptors());

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(document['openapi']).toBe('3.1.0');
    expect(await validate(structuredClone(document) as never)).toMatchObject({ valid: true });
  });

  it('would not be valid with a reference to nothing', async () => {
    const broken = JSON.parse(JSON.stringify(document).replace('#/components/schemas/Refusal', '#/components/schemas/Nothing')) as never;
    await expect(validate(broken).then(({ valid }) => valid, () => false)).resolves.toBe(false);
  });

  it('is the one that is published', () => {
    expect(JSON.parse(readFileSync(join(import.meta.dirname, '../../../../docs/openapi.json'), 'utf8'))).toEqual(document);
  });

  it('has a path for every operation, with the words of the contract', () => {
    for (const { path, verb } of operationsOf(contractsIn(builtDescriptors()))) {
      const summary = expect.stringMatching(/\w/) as string;
      expect(document['paths']).toMatchObject({ [path]: { [verb.toLowerCase()]: { summary } } });
    }
    expect(JSON.stringify(document)).not.toContain('"description":""');
  });
});
