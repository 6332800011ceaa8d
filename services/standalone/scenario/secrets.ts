import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CorridorError } from '@corridor/kernel';
import { actorsOf, type Cast } from './cast.ts';

/** Secrets of actors by name; the command line reads them for `--as`. */
export const ACTORS_FILE = 'actors.json';
/** Private keys of the agencies, PEM by agency id; a real agency keeps its own. */
const SIGNING_KEYS_FILE = 'signing-keys.json';

/** What the actors of a play prove themselves with and sign with. */
export interface Secrets {
  /** By `agencies/{agency}/actors/{actor}`. */
  readonly actors: ReadonlyMap<string, string>;
  /** By agency id. */
  readonly signingKeys: ReadonlyMap<string, KeyObject>;
}

/**
 * The secrets of a cast in a folder, each file readable by its owner alone; what is missing is made and durable before
 * anything is done with it, so that an interrupted play goes on with the same secrets.
 * @throws CorridorError CONFIG_INVALID when a file cannot be read or made
 */
export function secretsIn(folder: string, cast: Cast): Secrets {
  const ids = cast.agencies.map(({ id }) => id);
  const actors = completed(join(folder, ACTORS_FILE), actorsOf(cast), () => randomBytes(24).toString('base64url'));
  const pems = completed(join(folder, SIGNING_KEYS_FILE), ids, () =>
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  );
  return { actors, signingKeys: new Map([...pems].map(([id, pem]) => [id, createPrivateKey(pem)])) };
}

function completed(file: string, names: readonly string[], make: () => string): ReadonlyMap<string, string> {
  try {
    const known = existsSync(file) ? textsOf(JSON.parse(readFileSync(file, 'utf8'))) : new Map<string, string>();
    const missing = names.filter((name) => !known.has(name));
    for (const name of missing) known.set(name, make());
    if (missing.length > 0) replace(file, `${JSON.stringify(Object.fromEntries(known), null, 2)}\n`);
    return known;
  } catch (cause) {
    throw new CorridorError('CONFIG_INVALID', `the secrets of the scenario in ${file} can be neither read nor made`, {}, { cause });
  }
}

/** The whole file or the one before: a crash leaves no half of it. */
export function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

function textsOf(value: unknown): Map<string, string> {
  const texts = new Map<string, string>();
  if (typeof value !== 'object' || value === null) return texts;
  for (const [name, text] of Object.entries(value)) if (typeof text === 'string') texts.set(name, text);
  return texts;
}
