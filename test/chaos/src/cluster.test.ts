import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Parties } from './cast.ts';
import { enginesUnderControl } from './engines.ts';
import { FAULTS } from './faults.ts';
import { linesOf, reckon } from './reckoning.ts';
import { runUnder } from './run.ts';
import { startClusterSite, type ClusterSite, type Engines } from './site.ts';
import { tableOf, type Outcome } from './table.ts';

const short = process.env['CORRIDOR_CHAOS_SHORT'] === '1';
const required = process.env['CORRIDOR_REQUIRE_ENGINES'] === '1';

/** The engines, or why there are none. */
const found: Engines | string = await enginesUnderControl(process.env).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
const [engines] = typeof found === 'string' ? [] : [found];
const chosen = FAULTS.filter((fault) => engines !== undefined && (!short || fault.short === true));

describe('the cluster edition', () => {
  const outcomes: Outcome[] = [];
  let folder: string;
  let site: ClusterSite | undefined;
  let parties: Parties | undefined;
  /** With the first run; a run that fails leaves it to the next. */
  const started = async (): Promise<{ readonly site: ClusterSite; readonly parties: Parties }> => {
    site ??= await startClusterSite(folder, engines ?? expect.fail('no engines'));
    if (parties !== undefined) return { site, parties };
    parties = new Parties(site.address, folder);
    await parties.found(site.bootstrapSecret);
    return { site, parties };
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'corridor-chaos-'));
  });
  afterAll(async () => {
    if (outcomes.length > 1) console.log(['', ...tableOf(outcomes), ''].join('\n'));
    parties?.close();
    await site?.stop();
    await engines?.kafka.stop();
    await engines?.mongodb.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.for(typeof found === 'string' ? [found] : [])('is not loaded without engines: %s', (why, { skip }) => {
    skip(!required);
    expect.fail(why);
  });

  it.for(chosen)('loses nothing, and tells nobody what is not for him: $name', async (fault) => {
    const { name, inflict } = fault;
    const on = await started();
    const run = await runUnder({ ...on, id: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'), inflict: (under) => inflict(on.site, under) });
    const reckoning = await reckon(run, on.site, on.parties);
    outcomes.push({ name, run, reckoning });
    const findings = linesOf(reckoning.findings);
    console.log([...tableOf(outcomes.slice(-1)), ...(findings.length > 0 ? [...findings, ...on.site.lines()] : [])].join('\n'));
    expect(findings).toEqual([]);
    expect(run.probe.refusals).toBeGreaterThanOrEqual(fault.outage === true ? 1 : 0);
  });
});
