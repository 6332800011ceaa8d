import { CorridorError } from '@corridor/kernel';
import { runService } from '@corridor/runtime/cluster';
import { build } from './service.ts';

await runService('registry', (ports, { bootstrapSecret }) => {
  if (bootstrapSecret === undefined) throw new CorridorError('CONFIG_INVALID', 'CORRIDOR_BOOTSTRAP_SECRET must be given: what the founding act must name');
  return build({ bootstrapSecret }, ports);
});
