import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CorridorError } from '@corridor/kernel';

/** The root of the repository: where docker-compose.yml lies. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Where docker-compose.yml has the engines listen on this machine. */
const COMPOSED = { CORRIDOR_KAFKA: '127.0.0.1:29092', CORRIDOR_MONGODB: 'mongodb://127.0.0.1:27017/?directConnection=true' } as const;
/** Whom it has them know, and where they keep the passwords that are made there. */
const USER = 'corridor_services';
const PASSWORDS = '/passwords';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where Kafka and MongoDB are: as the environment says, else in containers that are started for it.
 * @param say takes a line for people
 * @throws CorridorError CONFIG_INVALID that says what to do
 */
export async function enginesFor(env: Environment, say: (line: string) => void): Promise<Environment> {
  const named = Object.keys(COMPOSED).filter((variable) => (env[variable] ?? '') !== '');
  if (named.length === Object.keys(COMPOSED).length) return {};
  if (named.length > 0) throw new CorridorError('CONFIG_INVALID', `${named.join()} is given and the other is not: give both CORRIDOR_KAFKA and CORRIDOR_MONGODB, or none of them`);
  if (!(await docker('info').then(() => true, () => false))) {
    throw new CorridorError(
      'CONFIG_INVALID',
      'Kafka and MongoDB are needed: give CORRIDOR_KAFKA (host:port) and CORRIDOR_MONGODB (mongodb://...) of engines that run, or start Docker, in which they are then started',
    );
  }
  say('Starting Kafka and MongoDB in containers (docker compose up kafka mongodb).');
  try {
    await docker('compose', 'up', '--detach', '--wait', 'kafka', 'mongodb');
    return {
      ...COMPOSED,
      CORRIDOR_KAFKA_USER: USER,
      CORRIDOR_KAFKA_PASSWORD: await password('kafka'),
      CORRIDOR_KAFKA_MECHANISM: 'plain',
      CORRIDOR_MONGODB_USER: USER,
      CORRIDOR_MONGODB_PASSWORD: await password('mongodb'),
    };
  } catch (cause) {
    throw new CorridorError('CONFIG_INVALID', 'Docker could not start Kafka and MongoDB: see docker compose logs kafka mongodb', {}, { cause });
  }
}

/** Whoever may speak to Docker may read it. */
const password = async (engine: 'kafka' | 'mongodb'): Promise<string> => (await docker('compose', 'exec', '--no-TTY', engine, 'cat', `${PASSWORDS}/${engine}`)).trim();

const docker = async (...args: readonly string[]): Promise<string> => (await promisify(execFile)('docker', [...args], { cwd: ROOT })).stdout;
