import { runService } from '@corridor/runtime/cluster';
import { build } from './service.ts';

await runService('audit', (ports, { checkpointMs, logOrigin: origin, logContinues: continues }) =>
  build({ checkpointMs, origin, ...(continues === undefined ? {} : { continues }) }, ports),
);
