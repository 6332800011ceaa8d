import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect } from 'vitest';

/** Holds an answer against the OpenAPI document. */
export type AnswerCheck = (method: string, path: string, status: number, json: unknown) => void;

/** Holds answers, and the data of events, against the OpenAPI document of the node that gave them. */
export function answerCheck(document: object): { readonly answer: AnswerCheck; message(name: string, json: unknown): void } {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, 'api');
  const compiled = new Map<string, ValidateFunction>();
  const validate = (pointer: string, json: unknown): void => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
    compiled.set(pointer, known);
    known(json);
    expect(known.errors ?? [], pointer).toEqual([]);
  };
  const paths = 'paths' in document && typeof document.paths === 'object' ? Object.keys(document.paths ?? {}) : [];
  return {
    message: (name, json) => validate(`/components/schemas/${name}`, json),
    answer: (method, path, status, json) => {
      const named = path.split('?')[0] ?? '';
      if (!paths.includes(named) || json === undefined) return;
      if (status >= 400) validate('/components/schemas/Refusal', json);
      else validate(`/paths/${named.replaceAll('/', '~1')}/${method.toLowerCase()}/responses/${status}/content/application~1json/schema`, json);
    },
  };
}
