import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, foundNode } from '@corridor/client';
import { AgencyKind } from '@corridor/contracts/common/v1/vocabulary';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChildNode, type ChildNodeOptions, type Exit, runToEnd, startChildNode } from '../scenario/child-node.ts';

let root: string;
let folder: string;
const running: ChildNode[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'standalone-'));
  folder = join(root, 'data');
});
afterEach(async () => {
  for (const node of running.splice(0)) await node.stop('SIGKILL');
  rmSync(root, { recursive: true });
});

const env = { CORRIDOR_BOOTSTRAP_SECRET: 'bootstrap secret of the tests' };

async function started(options: Partial<ChildNodeOptions> = {}): Promise<ChildNode> {
  const node = await startChildNode({ folder, args: ['--empty'], env, ...options });
  running.push(node);
  return node;
}

const newAgency = (agencyId: string) => ({
  agencyId,
  displayName: agencyId,
  kind: AgencyKind.AGENCY_KIND_NGO,
  country: '',
  memberStates: [],
  areas: [],
  firstActor: { actorId: 'admin-1', roles: [Role.ROLE_ADMINISTRATOR], secret: SECRET },
});
const SECRET = 'a secret of the tests';
const OPERATOR = { actorId: 'operator-1', roles: [Role.ROLE_OPERATOR], secret: SECRET };

const founded = ({ grpc }: ChildNode) =>
  foundNode({ address: grpc }, { bootstrapSecret: env.CORRIDOR_BOOTSTRAP_SECRET, operator: OPERATOR, agencies: ['first', 'second'].map(newAgency) });

describe('the standalone node', () => {
  it('is ready once it has started, and keeps its secrets to its owner', async () => {
    const { http } = await started({ env: {} });
    const ready = await fetch(`${http}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
    for (const file of ['master.key', 'bootstrap.secret']) expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly on %s', async (signal) => {
    const node = await started();
    const { code, errors } = await node.stop(signal);
    expect([code, errors.at(-1)]).toEqual([0, expect.stringContaining('node.stopped')]);
  });

  it('goes on from its data folder, also after kill -9', async () => {
    const first = await started();
    await founded(first);
    await first.stop('SIGKILL');
    const second = await started();
    await expect(founded(second)).rejects.toMatchObject({ reason: 'ALREADY_FOUNDED' });
    const corridor = connect({ address: second.grpc, credentials: { actor: 'agencies/first/actors/admin-1', secret: SECRET } });
    const { agencies } = await corridor.registry.listAgencies({ pageSize: 0, pageToken: '' });
    corridor.close();
    expect(agencies.map(({ name }) => name)).toEqual(['agencies/first', 'agencies/second']);
  });

  it('takes no folder that another node has', async () => {
    await started();
    expect(await refusal({})).toContain('DATA_FOLDER_IN_USE');
  });

  it('ends with one line that names a port in use', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => {
      holder.listen(0, '127.0.0.1', resolve);
    });
    const address = holder.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    try {
      for (const name of ['CORRIDOR_GRPC', 'CORRIDOR_HTTP']) {
        expect(await refusal({ env: { ...env, [name]: `127.0.0.1:${port}` } })).toMatch(new RegExp(`CONFIG_INVALID.*127.0.0.1:${port}: the port is in use`));
      }
    } finally {
      holder.close();
    }
  });

  it.each([
    ['CORRIDOR_GRPC', '0.0.0.0:0', /LISTENER_INSECURE.*Give a certificate/],
    ['CORRIDOR_HTTP', '0.0.0.0:0', /LISTENER_INSECURE.*Give a certificate/],
    ['CORRIDOR_GRPC', 'somewhere', /CONFIG_INVALID.*CORRIDOR_GRPC must be host:port/],
    ['CORRIDOR_LOG_ORIGIN', 'two words', /CONFIG_INVALID.*CORRIDOR_LOG_ORIGIN/],
    ['CORRIDOR_BOOTSTRAP_SECRET', 'short', /CONFIG_INVALID.*CORRIDOR_BOOTSTRAP_SECRET/],
  ])('refuses %s=%s', async (name, value, said) => {
    expect(await refusal({ env: { ...env, [name]: value } })).toMatch(said);
  });

  it('refuses a data folder that is damaged, and one whose master key is gone', async () => {
    await (await started()).stop();
    const file = join(folder, 'corridor.db');
    const content = readFileSync(file);
    writeFileSync(file, content.fill(0x55, 0, 4096));
    expect(await refusal({})).toContain('DATABASE_DAMAGED');
    rmSync(folder, { recursive: true });
    await (await started()).stop();
    rmSync(join(folder, 'master.key'));
    expect(await refusal({})).toContain('KEY_STORE_UNUSABLE');
  });

  it.each([[['--empty']], [[]]])('names a data folder that cannot be made (%j)', async (args) => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(await refusal({ folder: join(file, 'data'), args })).toMatch(/CONFIG_INVALID.*file\/data cannot be/);
  });

  it('says what it can do, and refuses what it cannot', async () => {
    expect(await runToEnd({ folder, args: ['--help'] })).toEqual({ code: 0, errors: [] });
    const misused = await runToEnd({ folder, args: ['--all'] });
    expect(misused).toEqual({ code: 1, errors: [expect.stringMatching(/^corridor: .*--all.*See --help/)] });
  });
});

/** The one line with which a start that is to fail ends. */
async function refusal(options: Partial<ChildNodeOptions>): Promise<string> {
  const { code, errors }: Exit = await runToEnd({ folder, args: ['--empty'], env, ...options });
  expect(code).toBe(1);
  const told = errors.filter((line) => /^corridor: |"level":"error"/.test(line));
  expect(told, errors.join('\n')).toHaveLength(1);
  return told.join();
}
