import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LegalBasis, OnwardSharing, PersonalDataLevel, PlacePrecision, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import type { ChildNode } from '@corridor/standalone/child-node';
import { assemble, BOOTSTRAP_SECRET, enter, SECRET } from './company.ts';
import { freePort, startNode } from './node-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DATA = resolve(ROOT, process.env['CORRIDOR_DATA_DIR'] ?? '../shared/data');
const SESSIONS = [1, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20];
const TEST_MS = 60_000;

let folder = '';
let address = '';
let node: ChildNode | undefined;
beforeAll(async () => {
  expect(existsSync(DATA), `${DATA} is there; set CORRIDOR_DATA_DIR to the folder that holds recommendations/`).toBe(true);
  folder = mkdtempSync(join(tmpdir(), 'corridor-files-'));
  const port = await freePort();
  address = `127.0.0.1:${port}`;
  node = await startNode(join(folder, 'data'), port, { CORRIDOR_BOOTSTRAP_SECRET: BOOTSTRAP_SECRET });
  await assemble(address);
}, TEST_MS);
afterAll(async () => {
  await node?.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the real command line as the one actor of an agency, and reads what it prints as JSON. */
function corridor(agency: string, ...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const env = { PATH: process.env['PATH'], XDG_CACHE_HOME: join(ROOT, '.cache'), CORRIDOR_GRPC: address, CORRIDOR_ACTOR: `${agency}/staff-1`, CORRIDOR_SECRET: SECRET };
  return new Promise((done, failed) => {
    execFile(process.execPath, [join(ROOT, 'libs/client/bin/corridor.js'), ...args, '--json'], { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null) return failed(new Error(stderr, { cause: error }));
      const printed: unknown = stdout.startsWith('{') ? JSON.parse(stdout) : {};
      done(typeof printed === 'object' && printed !== null ? Object.fromEntries(Object.entries(printed)) : {});
    });
  });
}

const handling = ['--tlp', 'amber', '--use', 'planning', '--legal-basis', 'not-personal', '--level', 'none', '--retention-days', '3000', '--onward-sharing', 'allowed', '--precision', 'country'];

it('enters the 408 published recommendations and follows them, each known when its file or its export comes back', { timeout: TEST_MS }, async () => {
  const alpha = enter(address, 'alpha');
  for (const session of SESSIONS) {
    const meeting = {
      name: '',
      version: 0n,
      secretariat: '',
      title: `Session ${session}`,
      meetingTime: new Date(Date.UTC(2008 + Math.floor(session / 3), 1, 2)),
      group: '',
      handling: {
        tlp: Tlp.TLP_AMBER,
        purposes: [Purpose.PURPOSE_PLANNING],
        legalBasis: LegalBasis.LEGAL_BASIS_NOT_PERSONAL,
        personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_NONE,
        retentionDays: 3000,
        onwardSharing: OnwardSharing.ONWARD_SHARING_ALLOWED,
        precisionLimit: PlacePrecision.PLACE_PRECISION_COUNTRY,
        namedActors: [],
        communityGroups: [],
        publicityAttestedBy: '',
      },
    };
    await alpha.followup.createMeeting({ meetingId: `upr-${session}`, meeting });
  }
  alpha.close();
  const file = join(DATA, 'recommendations/upr_refugee_arab_league_subset.csv');
  const upr = ['recommendations', 'import', file, '--layout', 'upr', '--meeting', 'upr-{session}', '--state', 'Syria=SYR', '--addressee', 'alpha', '--addressee-for', 'JOR=beta', '--same-text'];
  expect(await corridor('alpha', ...upr)).toEqual({ rows: 408, meetings: 17, repeats: 8, known: 0, adopted: 408 });

  const { recommendations } = await corridor('beta', 'recommendations', 'list', '--addressee', 'beta', '--limit', '1000');
  expect(recommendations).toHaveLength(24);
  const [first] = Array.isArray(recommendations) ? recommendations.map((one: { readonly name: string }) => one.name) : [];
  await corridor('beta', 'recommendations', 'position', first ?? '', 'rejected');

  const exported = join(folder, 'recommendations.csv');
  await corridor('alpha', 'recommendations', 'export', '--out', exported);
  const known = { rows: 408, meetings: 17, repeats: 8, known: 408, adopted: 0 };
  expect(await corridor('alpha', 'recommendations', 'import', exported)).toEqual(known);
  expect(await corridor('alpha', ...upr)).toEqual(known);
  // 328 of the 408 rows are accepted, five of them repeats and one rejected since; 80 are noted, three of them repeats.
  const { counts } = await corridor('alpha', 'recommendations', 'status');
  expect(counts).toMatchObject([
    { position: 'POSITION_ACCEPTED', count: 322 },
    { position: 'POSITION_NOTED', count: 77 },
    { position: 'POSITION_REJECTED', count: 1 },
  ]);
});

it('sums the 767 published flows as another program does, however often they are imported', { timeout: TEST_MS }, async () => {
  for (const country of ['afg', 'jor', 'jor']) {
    await corridor('alpha', 'contributions', 'import', join(DATA, `contributions/fts_incoming_funding_${country}.csv`), '--layout', 'fts', ...handling);
  }
  const { sums, pooled } = await corridor('alpha', 'contributions', 'sum');
  expect(pooled).toBe(26);
  const total = Array.isArray(sums) ? sums.reduce((sum: bigint, one: { readonly amount: string }) => sum + BigInt(one.amount), 0n) : 0n;
  expect(total).toBe(1_619_437_395n - 39_744_493n);
  const exported = join(folder, 'contributions.csv');
  await corridor('alpha', 'contributions', 'export', '--out', exported);
  expect(readFileSync(exported, 'utf8').match(/^fts,/gm)).toHaveLength(767);
  expect(await corridor('alpha', 'contributions', 'import', exported)).toMatchObject({ rows: 767, flows: 767, created: 0, updated: 0 });
});
