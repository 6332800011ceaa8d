import { runService } from '@corridor/runtime/cluster';
import { auditConfigOf, build } from './service.ts';

await runService('audit', (ports, config) => build(auditConfigOf(config), ports));
