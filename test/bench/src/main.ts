import { parseArgs } from 'node:util';
import { alertLatency } from './cases/alert-latency.ts';
import { apiPages } from './cases/api-pages.ts';
import { archivePages } from './cases/archive-pages.ts';
import { catchUp } from './cases/catch-up.ts';
import { fanOut } from './cases/fan-out.ts';
import { latency } from './cases/latency.ts';
import { publishStream } from './cases/publish-stream.ts';
import { found } from './community.ts';
import { startNode } from './node-process.ts';
import { print, type Line } from './statistics.ts';

const CASES = { publishStream, latency, alertLatency, apiPages, fanOut, archivePages, catchUp };

/** The benchmark: one node in its own process, everything else here. `--short` only shows that it runs; names choose cases. */
const { values, positionals } = parseArgs({ options: { short: { type: 'boolean', default: false } }, allowPositionals: true });
const scale = values.short ? 0.02 : 1;
const unknown = positionals.filter((name) => !(name in CASES));
if (unknown.length > 0) throw new Error(`no case ${unknown.join(', ')}; there are ${Object.keys(CASES).join(', ')}`);

const node = await startNode();
const community = await found(node);
const of = { node, community, scale };
try {
  print([{ what: 'what', value: 'Corridor', raw: 'raw, same run', aim: 'aim' }]);
  for (const [name, measure] of Object.entries(CASES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const lines: readonly Line[] = await measure(of);
    print(lines);
  }
} finally {
  community.close();
  await node.stop();
}
