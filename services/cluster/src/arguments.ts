import { CorridorError } from '@corridor/kernel';
import { SERVICES, type ServiceName } from '@corridor/runtime/cluster';
import { type Replicas, USUAL_REPLICAS } from './cluster.ts';

const MOST = 16;

/** Reads `hub=3,alerts=2`. @throws CorridorError CONFIG_INVALID */
export function replicasFrom(text: string): Replicas {
  return text
    .split(',')
    .filter((part) => part !== '')
    .reduce<Replicas>((replicas, part) => ({ ...replicas, ...oneOf(part) }), USUAL_REPLICAS);
}

function oneOf(part: string): Partial<Replicas> {
  const [name = '', count = ''] = part.split('=');
  const number = /^\d+$/.test(count) ? Number(count) : Number.NaN;
  if (!isService(name) || !(number >= 1 && number <= MOST)) {
    throw new CorridorError('CONFIG_INVALID', `--replicas takes service=number with a number from 1 to ${MOST}; services are ${SERVICES.join(', ')}`);
  }
  return { [name]: number };
}

const isService = (name: string): name is ServiceName => SERVICES.some((service) => service === name);
