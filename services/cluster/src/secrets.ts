import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BOOTSTRAP_SECRET_FILE, bootstrapSecretIn, makeMasterKey } from '@corridor/runtime';

/** Secrets that were made for a cluster on this machine. */
export interface OwnSecrets {
  /** Where the processes find them. */
  readonly env: Readonly<Record<string, string>>;
  /** The file with the secret of the founding act; undefined when the environment gives one. */
  readonly bootstrapSecretFile: string | undefined;
}

/** What the environment does not give is made in the folder, readable by its owner alone, and stays. @throws CorridorError CONFIG_INVALID */
export function secretsIn(folder: string, given: Readonly<Record<string, string | undefined>>): OwnSecrets {
  const isGiven = (...names: readonly string[]): boolean => names.some((name) => (given[name] ?? '') !== '');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const env: Record<string, string> = {};
  if (!isGiven('CORRIDOR_MASTER_KEY_FILE')) {
    const file = join(folder, 'master.key');
    if (!existsSync(file)) makeMasterKey(file);
    env['CORRIDOR_MASTER_KEY_FILE'] = file;
  }
  if (isGiven('CORRIDOR_BOOTSTRAP_SECRET', 'CORRIDOR_BOOTSTRAP_SECRET_FILE')) return { env, bootstrapSecretFile: undefined };
  bootstrapSecretIn(folder);
  const bootstrapSecretFile = join(folder, BOOTSTRAP_SECRET_FILE);
  return { env: { ...env, CORRIDOR_BOOTSTRAP_SECRET_FILE: bootstrapSecretFile }, bootstrapSecretFile };
}
