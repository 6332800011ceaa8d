import { parseArgs } from 'node:util';
import { archivePages } from './cases/archive-pages.ts';
import { catchUp } from './cases/catch-up.ts';
import { fanOut } from './cases/fan-out.ts';
import { latency } from './cases/latency.ts';
import { publishStream } from './cases/publish-stream.ts';
import { found } from './community.ts';
import { startNode } from './node-process.ts';
import { print, type Line } from './statistics.ts';

/** The benchmark: one node in its own process, everything else here. `--short` only shows that it runs. */
const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } });
const scale = values.short ? 0.02 : 1;

const node = await startNode();
const community = await found(node);
const of = { node, community, scale };
try {
  print([{ what: 'what', value: 'Corridor', raw: 'raw, same run', aim: 'aim' }]);
  for (const measure of [publishStream, latency, fanOut, archivePages, catchUp]) {
    const lines: readonly Line[] = await measure(of);
    print(lines);
  }
} finally {
  community.close();
  await node.stop();
}
