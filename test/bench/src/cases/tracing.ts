import { fork } from 'node:child_process';
import { connect } from '@corridor/client';
import { publishAll } from '../publish.ts';
import { rate, type Line } from '../statistics.ts';
import type { Bench } from './case.ts';

const MESSAGES = 20_000;
const IN_FLIGHT = 512;
const ROUNDS = 2;

/** What tracing costs who publishes: the same stream without it, with one trace of a hundred, and with all. It restarts the node. */
export async function tracing({ node, community: { ownerSignIn }, scale }: Bench): Promise<readonly Line[]> {
  const sink = fork(new URL('../otlp-sink.ts', import.meta.url));
  const port = await new Promise<number>((resolve) => sink.once('message', (value) => resolve(Number(value))));
  const traced = (share: number): Readonly<Record<string, string>> => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: String(share),
  });
  const settings = [['none', {}], ['1 %', traced(0.01)], ['100 %', traced(1)]] as const;
  const best = new Map<string, number>();
  const messages = Math.ceil(MESSAGES * scale);
  // Taking turns, so that a busy moment of the machine does not fall on one of them alone.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, env] of settings) {
      await node.restart(env);
      const owner = connect({ address: node.address, credentials: ownerSignIn });
      await publishAll(owner, Math.ceil(messages / 4), 1, IN_FLIGHT);
      const perSecond = messages / (await publishAll(owner, messages, 1, IN_FLIGHT));
      best.set(name, Math.max(best.get(name) ?? 0, perSecond));
      owner.close();
    }
  }
  sink.disconnect();
  const without = best.get('none') ?? Number.NaN;
  return Array.from(best, ([name, perSecond]) => ({
    what: `publish stream, traced: ${name}, best of ${ROUNDS}`,
    value: rate(perSecond, 1),
    raw: rate(without, 1),
    ratio: perSecond / without,
  }));
}
