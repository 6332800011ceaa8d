import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Parties } from './cast.ts';
import { linesOf, reckon } from './reckoning.ts';
import { runUnder } from './run.ts';
import { type NodeSite, startNodeSite } from './site.ts';
import { tableOf } from './table.ts';

describe('the embedded edition', () => {
  let folder: string;
  let site: NodeSite;
  let parties: Parties;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'corridor-chaos-'));
    site = await startNodeSite(join(folder, 'data'));
    parties = new Parties(site.address, folder);
    await parties.found(site.bootstrapSecret);
  });
  afterAll(async () => {
    parties?.close();
    await site?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('loses nothing when it is killed', async () => {
    const run = await runUnder({ site, parties, id: 'node-killed', inflict: () => site.kill() });
    const reckoning = await reckon(run, site, parties);
    console.log(tableOf([{ name: 'node killed', run, reckoning }]).join('\n'));
    expect(linesOf(reckoning.findings), site.lines().join('\n')).toEqual([]);
  });
});
