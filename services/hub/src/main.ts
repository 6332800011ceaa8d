import { runService } from '@corridor/runtime/cluster';
import { build } from './service.ts';

await runService('hub', (ports) => build({}, ports));
