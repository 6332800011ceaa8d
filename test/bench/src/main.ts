import { parseArgs } from 'node:util';
import { alertLatency } from './cases/alert-latency.ts';
import { apiPages } from './cases/api-pages.ts';
import { archivePages } from './cases/archive-pages.ts';
import { catchUp } from './cases/catch-up.ts';
import { fanOut } from './cases/fan-out.ts';
import { latency } from './cases/latency.ts';
import { liveFanOut } from './cases/live-fan-out.ts';
import { publishStream } from './cases/publish-stream.ts';
import { tracing } from './cases/tracing.ts';
import { found } from './community.ts';
import { startClusterNode } from './cluster-node.ts';
import { startNode } from './node-process.ts';
import { rawKafka } from './raw-kafka.ts';
import { rawSqlite } from './raw-sqlite.ts';
import { print, type Line } from './statistics.ts';

const CASES = { publishStream, latency, alertLatency, apiPages, liveFanOut, fanOut, archivePages, catchUp, tracing };

/**
 * The benchmark: one node in its own process, everything else here. `--cluster`: the cluster edition over the engines that
 * the environment names, which must be new. `--scale 0.1` takes a tenth of the counts, `--short` only shows that it runs;
 * names choose cases.
 */
const { values, positionals } = parseArgs({ options: { short: { type: 'boolean', default: false }, scale: { type: 'string', default: '1' }, cluster: { type: 'boolean', default: false } }, allowPositionals: true });
const scale = values.short ? 0.02 : Number(values.scale);
if (!(scale > 0 && scale <= 1)) throw new Error('--scale takes a number above 0, at most 1');
const unknown = positionals.filter((name) => !(name in CASES));
if (unknown.length > 0) throw new Error(`no case ${unknown.join(', ')}; there are ${Object.keys(CASES).join(', ')}`);

const node = await (values.cluster ? startClusterNode(process.env) : startNode());
const raw = values.cluster ? rawKafka(process.env) : rawSqlite;
const community = await found(node);
const of = { node, community, raw, scale };
try {
  print([{ what: 'what', value: 'Corridor', raw: 'raw, same run', aim: 'aim' }]);
  for (const [name, measure] of Object.entries(CASES)) {
    // It starts an embedded node of its own.
    if (values.cluster && name === 'fanOut') continue;
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const lines: readonly Line[] = await measure(of);
    print(lines);
  }
} finally {
  community.close();
  await node.stop();
}
