import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CorridorError } from '@corridor/kernel';

/** Its name within the data folder. */
export const BOOTSTRAP_SECRET_FILE = 'bootstrap.secret';

/**
 * The secret of the founding act that lies in the data folder, readable by its owner alone; made at the first start.
 * @throws CorridorError CONFIG_INVALID when it can be neither read nor made
 */
export function bootstrapSecretIn(folder: string): string {
  const file = join(folder, BOOTSTRAP_SECRET_FILE);
  try {
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
    const secret = randomBytes(24).toString('base64url');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
    return secret;
  } catch (cause) {
    throw new CorridorError('CONFIG_INVALID', `the bootstrap secret ${file} can be neither read nor made`, {}, { cause });
  }
}
