import { enginesFor } from '@corridor/cluster/engines';
import { composedEngine, engineBy } from './engine.ts';
import type { Engines } from './site.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What says where the engines are, and how they are ended and begun again. */
const NAMED = ['CORRIDOR_KAFKA', 'CORRIDOR_MONGODB', 'CORRIDOR_CHAOS_KAFKA', 'CORRIDOR_CHAOS_MONGODB'] as const;
/** Containers of the runs are not those of anybody's node. */
const PROJECT = 'corridor-chaos';

/**
 * Engines that a run may end and begin again: those that the environment names, else containers of docker-compose.yml in
 * a project of their own. @throws Error that says what to do
 */
export async function enginesUnderControl(env: Environment): Promise<Engines> {
  const named = NAMED.filter((name) => (env[name] ?? '') !== '');
  if (named.length === NAMED.length) return namedEngines(env);
  if (named.length > 0) throw new Error(`${named.join(', ')} given without the others: give ${NAMED.join(', ')}, or none of them`);
  process.env['COMPOSE_PROJECT_NAME'] = PROJECT;
  const found = await enginesFor(env, console.log);
  return {
    kafka: composedEngine('kafka'),
    mongodb: composedEngine('mongodb'),
    access: accessOf(found),
    env: { ...corridorVariables(env), ...found },
  };
}

async function namedEngines(env: Environment): Promise<Engines> {
  const [kafka, mongodb] = [engineBy(env['CORRIDOR_CHAOS_KAFKA'] ?? ''), engineBy(env['CORRIDOR_CHAOS_MONGODB'] ?? '')];
  await Promise.all([kafka.start(), mongodb.start()]);
  return { kafka, mongodb, access: accessOf(env), env: corridorVariables(env) };
}

/** What processes of the cluster edition read. */
const corridorVariables = (env: Environment): Environment => Object.fromEntries(Object.entries(env).filter(([name]) => /^(CORRIDOR|OTEL)_/.test(name)));

function accessOf(env: Environment): Engines['access'] {
  const [brokers, username, password] = [env['CORRIDOR_KAFKA'] ?? '', env['CORRIDOR_KAFKA_USER'], env['CORRIDOR_KAFKA_PASSWORD']];
  return {
    brokers: brokers.split(','),
    ...(username === undefined || password === undefined ? {} : { sasl: { mechanism: 'plain', username, password } }),
  };
}
