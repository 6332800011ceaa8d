import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './command.ts';

/** The text of a file of the repository. */
export const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** A mapping of a parsed file; what is none has no entries. */
export type Mapping = Readonly<Record<string, unknown>>;

/** The mapping at the top of a file in YAML or JSON. */
export const mappingIn = (file: string): Mapping => mapping(parse(textOf(file), { merge: true }));

export function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The texts among the members of a list. */
export const texts = (value: unknown): readonly string[] => list(value).filter((member) => typeof member === 'string');
