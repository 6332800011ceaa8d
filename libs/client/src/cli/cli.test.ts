import { execFileSync } from 'node:child_process';
import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { utf8, type Reason } from '@corridor/kernel';
import { leafHash, noteSigner, signCheckpoint } from '@corridor/merkle';
import { Envelope } from '@corridor/contracts/common/v1/envelope';
import { CountState, Granularity } from '@corridor/contracts/common/v1/vocabulary';
import { GetUpdateResponse, type PublishRequest, type PublishStreamRequest, type SubscribeRequest, type SubscribeResponse } from '@corridor/contracts/hub/v1/hub';
import { RecordEvent } from '@corridor/contracts/hub/v1/record';
import { Breakdown, Measure, MovementTable, Population, UpdateView, ViewForm, type TableRow } from '@corridor/contracts/hub/v1/updates';
import { answering, refusing } from '../testing/answers.ts';
import { actorAt, corridor } from '../testing/command-line.ts';
import { mark, WindowScript } from '../testing/deliveries.ts';
import { startStubNode, STUB_SECRET, type PublishCall, type StubBehaviour, type StubNode, type SubscribeCall } from '../testing/stub-node.ts';

let folder = '';
const opened: StubNode[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-cli-'));
});
afterEach(() => {
  opened.splice(0).forEach((stub) => stub.kill());
  rmSync(folder, { recursive: true });
});

async function node(behaviour: StubBehaviour): Promise<StubNode> {
  const stub = await startStubNode(behaviour);
  opened.push(stub);
  return stub;
}

const noPlaces = answering(() => ({ places: [], nextPageToken: '', gazetteerVersion: '1' }));

describe('the exit status', () => {
  it.each<[Reason, number]>([
    ['PERMISSION_DENIED', 3],
    ['STATE_FORBIDS', 3],
    ['NOT_FOUND', 4],
    ['RATE_LIMITED', 5],
    ['POLICY_UNCONFIRMED', 5],
    ['INVALID_ARGUMENT', 1],
    ['VERSION_CONFLICT', 1],
  ])('after %s is %i, with one line that says what is wrong and what to do', async (reason, status) => {
    const { address } = await node({ hub: { listPlaces: refusing(reason) } });
    const run = await corridor(['places'], { env: actorAt(address) });
    expect(run).toMatchObject({ status, stdout: '' });
    expect(run.stderr).toMatch(/^corridor: said the node of .*\. [A-Z].*\.\n$/);
  });

  it('is 3 when the secret is wrong, 5 when nobody answers, 0 when it is done', async () => {
    const stub = await node({ hub: { listPlaces: noPlaces } });
    expect(await corridor(['places'], { env: { ...actorAt(stub.address), CORRIDOR_SECRET: 'not the secret of it' } })).toMatchObject({ status: 3 });
    expect(await corridor(['places'], { env: actorAt(stub.address) })).toMatchObject({ status: 0, stderr: '' });
    stub.kill();
    const run = await corridor(['places'], { env: actorAt(stub.address) });
    expect(run.status).toBe(5);
    expect(run.stderr).toContain(stub.address);
  });

  it.each<[string, readonly string[]]>([
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['places', '--frobnicate']],
    ['a missing argument', ['publish']],
    ['a missing option', ['list']],
    ['a word that is no purpose', ['list', '--purpose', 'gossip']],
    ['a limit of zero', ['list', '--purpose', 'planning', '--limit', '0']],
    ['nobody to sign in as', ['places']],
    ['an actor that is none', ['places', '--as', 'nobody']],
    ['an actor whose secret is not there', ['places', '--as', 'alpha/reader']],
    ['a file that is not there', ['publish', '/nonexistent/file', '--as', 'alpha/reader']],
  ])('for %s is 2, with one line', async (_, args) => {
    const run = await corridor(args);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(/^corridor: [^\n]+\n$/);
  });

  it('comes with an error object on standard error under --json', async () => {
    const { address } = await node({ hub: { listPlaces: refusing('NOT_FOUND') } });
    const run = await corridor(['places', '--json'], { env: actorAt(address) });
    expect(run).toMatchObject({ status: 4, stdout: '' });
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: 'NOT_FOUND', reason: 'NOT_FOUND', metadata: {} } });
    expect(JSON.parse((await corridor(['list', '--json'])).stderr)).toMatchObject({ error: { reason: 'USAGE' } });
  });

  it('is told by --help of the program, and every command has its own help', async () => {
    const help = await corridor(['--help']);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(/5 +the node cannot be reached/);
    expect((await corridor(['import', 'movements', '--help'])).stdout).toContain('--leave-out');
  });
});

describe('the binary', () => {
  it('starts under a Node that is too old and hands over to the newer one of the repository', async () => {
    const hostPath = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules')).join(delimiter);
    const which = (): string => execFileSync('/bin/sh', ['-c', 'command -v node || true'], { env: { PATH: hostPath } }).toString().trim();
    const host = which();
    // Where the host has no older Node there is nothing to hand over.
    const run = await corridor(['places', '--frobnicate'], host === '' ? {} : { node: host });
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('unknown option');
  });
});

describe('secrets', () => {
  it('are looked up in actors.json of the data folder for --as, which must be private', async () => {
    const { address } = await node({ hub: { listPlaces: noPlaces } });
    const path = join(folder, 'actors.json');
    writeFileSync(path, JSON.stringify({ 'agencies/beta/actors/reader': STUB_SECRET }), { mode: 0o600 });
    const env = { CORRIDOR_DATA: folder };
    expect(await corridor(['places', '--as', 'beta/reader', '--address', address], { env })).toMatchObject({ status: 0 });
    expect(await corridor(['places', '--as', 'beta/other', '--address', address], { env })).toMatchObject({ status: 2 });
    chmodSync(path, 0o644);
    const open = await corridor(['places', '--as', 'beta/reader', '--address', address], { env });
    expect(open.status).toBe(2);
    expect(open.stderr).toContain('chmod 600');
  });

  it('of --as are not those of another actor in the environment', async () => {
    const { address } = await node({ hub: { listPlaces: noPlaces } });
    expect(await corridor(['places', '--as', 'beta/reader'], { env: actorAt(address) })).toMatchObject({ status: 2 });
  });
});

describe('corridor publish', () => {
  const message = { series: 'agencies/alpha/series/arrivals', category: 'CATEGORY_MOVEMENT', handling: { tlp: 'TLP_AMBER', retentionDays: 30 }, updates: [{ updateId: 'u', replacesVersion: 0 }] };

  it('sends the request of a file or of standard input', async () => {
    const requests: PublishRequest[] = [];
    const publish = answering((request: PublishRequest) => {
      requests.push(request);
      return { receipts: [{ name: 'n', version: 1, repeatedUpdate: false, position: { partition: 3, offset: 9n }, index: 0, error: undefined }] };
    });
    const { address } = await node({ hub: { publish } });
    const run = await corridor(['publish', '-', '--json'], { env: actorAt(address), input: JSON.stringify(message) });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({ receipts: [{ name: 'n', version: 1, position: { partition: 3, offset: '9' } }] });
    expect(requests).toMatchObject([{ series: message.series, handling: { tlp: 3, retentionDays: 30 }, updates: [{ updateId: 'u' }] }]);
  });

  it.each<[string, object, string]>([
    ['a misspelt field', { ...message, handlings: {} }, 'handlings'],
    ['a misspelt field further down', { ...message, handling: { tlp: 'TLP_AMBER', retention: 30 } }, 'handling.retention'],
    ['an unknown value', { ...message, handling: { tlp: 'TLP_PURPLE' } }, 'handling.tlp'],
    ['a list that is none', { ...message, series: ['x'] }, 'series'],
  ])('refuses %s before it sends anything', async (_, content, field) => {
    const { address } = await node({ hub: { publish: answering(() => { throw new Error('was called'); }) } });
    const run = await corridor(['publish', '-'], { env: actorAt(address), input: JSON.stringify(content) });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(`${field} `);
  });
});

describe('corridor import movements', () => {
  const header = 'month,route,mode,nationality_iso3,persons\n';
  const rows = '2020-01,Black Sea Route,Sea,SYR,12\n2020-01,Black Sea Route,Sea,AFG,3\n2020-02,Other,Sea,UNK,5\n';

  async function memory(): Promise<StubNode & { readonly ids: Set<string> }> {
    const ids = new Set<string>();
    const publishStream = (call: PublishCall): void => {
      call.on('data', ({ sequence, publish }: PublishStreamRequest) => {
        const exceptions = (publish?.updates ?? []).filter(({ updateId }) => ids.has(updateId));
        for (const { updateId } of publish?.updates ?? []) ids.add(updateId);
        const receipts = exceptions.map(({ updateId }) => ({ name: updateId, version: 1, repeatedUpdate: true, position: undefined, index: 0, error: undefined }));
        call.write({ acks: [{ sequence, position: { partition: 0, offset: 0n }, exceptions: receipts, error: undefined }] });
      });
      call.on('end', () => call.end());
    };
    return { ...(await node({ hub: { publishStream } })), ids };
  }

  it('publishes a file once, however often it is imported', async () => {
    const stub = await memory();
    const args = ['import', 'movements', '-', '--series', 'detections', '--route', 'Other=GRC', '--tlp', 'amber', '--json'];
    const first = await corridor(args, { env: actorAt(stub.address), input: header + rows });
    expect(JSON.parse(first.stdout)).toEqual({ rows: 3, leftOut: 0, updates: 2, published: 2, repeated: 0, refused: [] });
    const second = await corridor(args, { env: actorAt(stub.address), input: header + rows });
    expect(JSON.parse(second.stdout)).toMatchObject({ updates: 2, published: 0, repeated: 2 });
    expect(stub.ids.size).toBe(2);
  });

  it('names every wrong line and publishes nothing', async () => {
    const stub = await memory();
    const run = await corridor(['import', 'movements', '-', '--series', 'detections'], { env: actorAt(stub.address), input: `${header}${rows}2020-13,Black Sea Route,Sea,SYR,1\n` });
    expect(run).toMatchObject({ status: 1, stdout: '' });
    expect(run.stderr).toMatch(/line 4: route "Other".*line 5: month "2020-13"/);
    expect(stub.ids.size).toBe(0);
  });
});

describe('corridor get', () => {
  it('shows zero, unknown and suppressed as three different things', async () => {
    const count = (state: CountState, value = 0n) => ({ state, value });
    const rows: readonly TableRow[] = [
      { key: 'AFG', count: count(CountState.COUNT_STATE_KNOWN, 0n) },
      { key: 'ERI', count: count(CountState.COUNT_STATE_UNKNOWN) },
      { key: 'SYR', count: count(CountState.COUNT_STATE_SUPPRESSED) },
      { key: 'TUN', count: count(CountState.COUNT_STATE_KNOWN, 17n) },
    ];
    const table = {
      ...MovementTable.fromPartial({ measure: Measure.MEASURE_ARRIVALS, population: Population.POPULATION_MIXED, breakdown: Breakdown.BREAKDOWN_NATIONALITY }),
      rows,
    };
    const update = { ...UpdateView.fromPartial({ name: 'u', version: 1, period: { start: new Date('2020-01-01'), end: new Date('2020-02-01'), granularity: Granularity.GRANULARITY_MONTH } }), content: { $case: 'movement' as const, value: table } };
    const empty = GetUpdateResponse.fromPartial({ archived: { batch: { form: ViewForm.VIEW_FORM_MASKED } } });
    const response = { archived: { ...empty.archived, batch: { ...empty.archived?.batch, updates: [update] } } };
    const { address } = await node({ hub: { getUpdate: answering(() => response) } });
    const { stdout } = await corridor(['get', 'u', '--purpose', 'planning'], { env: actorAt(address) });
    expect(stdout).toMatch(/^AFG +0$/m);
    expect(stdout).toMatch(/^ERI +\?$/m);
    expect(stdout).toMatch(/^SYR +·suppressed·$/m);
    expect(stdout).toMatch(/^TUN +17$/m);
    expect(stdout).toMatch(/^total +-$/m);
    expect(stdout).toMatch(/^period +2020-01$/m);
  });
});

describe('corridor subscribe', () => {
  it('prints deliveries as NDJSON, keeps its cursor across runs, and keeps evidence that is verified offline', async () => {
    const windowId = randomUUID();
    const window = new WindowScript(windowId);
    const closing = [window.open(), window.delivery('agencies/alpha/series/a'), window.delivery('agencies/alpha/series/b'), window.close()];
    const script: readonly SubscribeResponse[] = [...closing, mark('the cursor')];
    const requests: SubscribeRequest[] = [];
    const acknowledged: unknown[] = [];
    const proof = proofOf(closing.at(-1));
    const { address } = await node({
      hub: {
        subscribe(call: SubscribeCall) {
          requests.push(call.request);
          for (const event of requests.length === 1 ? script : [mark('the cursor')]) call.write(event);
        },
        acknowledgeDelivery: answering((request) => (acknowledged.push(request), {})),
      },
      audit: { getInclusionProof: answering(() => proof) },
    });
    const cursorFile = join(folder, 'cursor');
    const receipts = join(folder, 'receipts');
    const args = ['subscribe', '--purpose', 'planning', '--from', 'beginning', '--cursor-file', cursorFile, '--receipts', receipts, '--until-idle', '1', '--json'];
    const env = actorAt(address, 'beta/reader');
    const first = await corridor(args, { env });
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const printed = first.stdout.trim().split('\n').map((line) => {
      const item: { readonly batch: { readonly series: string } } = JSON.parse(line);
      return item;
    });
    expect(printed.map(({ batch }) => batch.series)).toEqual(['agencies/alpha/series/a', 'agencies/alpha/series/b']);
    expect(acknowledged).toMatchObject([{ cursor: Buffer.from('the cursor') }]);

    const second = await corridor(args, { env });
    expect(second).toMatchObject({ status: 0, stdout: '' });
    expect(requests[1]?.cursor.toString()).toBe('the cursor');

    expect(readdirSync(receipts)).toEqual([`${windowId}.ndjson`]);
    const evidence = join(folder, 'evidence.json');
    expect(await corridor(['audit', 'prove', join(receipts, `${windowId}.ndjson`), '--index', '1', '--out', evidence], { env })).toMatchObject({ status: 0, stderr: '' });
    const verified = await corridor(['audit', 'verify', evidence, '--verifier', signer.verifierKey, '--json']);
    expect(verified).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'proved', recipient: 'agencies/beta', batch: { series: 'agencies/alpha/series/b' } });

    const forged = JSON.parse(readFileSync(evidence, 'utf8'));
    writeFileSync(evidence, JSON.stringify({ ...forged, batch: Buffer.from('something else').toString('base64') }));
    const refused = await corridor(['audit', 'verify', evidence, '--verifier', signer.verifierKey]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('proves no delivery');
    const otherKey = noteSigner('corridor.test/log', Buffer.alloc(32, 2)).verifierKey;
    expect(await corridor(['audit', 'verify', evidence, '--verifier', otherKey])).toMatchObject({ status: 1 });
  });

  it('does not take a node that cannot be reached for an idle one', async () => {
    const stub = await node({});
    stub.kill();
    const run = await corridor(['subscribe', '--purpose', 'planning', '--until-idle', '1', '--patience', '2'], { env: actorAt(stub.address) });
    expect(run.status).toBe(5);
  });
});

const signer = noteSigner('corridor.test/log', Buffer.alloc(32, 1));

/** The audit service's proof of the closing record, which is alone in its log. */
function proofOf(closing: SubscribeResponse | undefined): object {
  if (closing?.event?.$case !== 'windowClosed') throw new Error('not a closing');
  const { windowId, size, root } = closing.event.value;
  const record = RecordEvent.encode({ entry: { $case: 'windowClose', value: { windowId, recipient: 'agencies/beta', to: [], size, root } } }).finish();
  const envelope = Buffer.from(
    Envelope.encode({
      ...Envelope.fromPartial({ type: 'corridor.hub.v1.RecordEvent', subject: 'beta', time: new Date('2026-01-01') }),
      body: { $case: 'payload', value: Buffer.from(record) },
    }).finish(),
  );
  const checkpoint = signCheckpoint({ origin: signer.name, size: 1, root: leafHash(envelope) }, signer);
  return { envelope, leafIndex: 0n, path: [], checkpoint };
}

describe('corridor agreement sign', () => {
  const text = (name: string): Buffer => Buffer.from(utf8(`corridor.agreement.v1\n${JSON.stringify({ name, title: 'Terms' })}`));

  it('signs the canonical text with a key that only its owner can read', async () => {
    const key = join(folder, 'key');
    const made = await corridor(['agency', 'key', 'new', key, '--key-id', 'k1', '--json']);
    expect(made.status).toBe(0);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(await corridor(['agency', 'key', 'new', key, '--key-id', 'k2'])).toMatchObject({ status: 2 });
    const signatures: { readonly keyId: string; readonly signature: Buffer }[] = [];
    const agreement = { name: 'agreements/isp', version: 2n, title: 'Terms', template: '', parties: [], group: '', clauses: [], effectiveTime: undefined, expireTime: undefined, state: 1, signatures: [], endedBy: '', reason: '' };
    const { address } = await node({
      registry: {
        getAgreement: answering(() => ({ agreement, canonicalText: text('agreements/isp') })),
        signAgreement: answering((request: { readonly keyId: string; readonly signature: Buffer }) => (signatures.push(request), { agreement })),
      },
    });
    expect(await corridor(['agreement', 'sign', 'isp', '--key', key], { env: actorAt(address) })).toMatchObject({ status: 0, stderr: '' });
    const { publicKey }: { publicKey: string } = JSON.parse(made.stdout);
    const publicJwk = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey, 'base64').toString('base64url') }, format: 'jwk' });
    expect(signatures.map(({ keyId }) => keyId)).toEqual(['k1']);
    expect(verify(null, text('agreements/isp'), publicJwk, signatures[0]?.signature ?? Buffer.alloc(0))).toBe(true);
  });

  it('signs nothing when the node gives the text of something else', async () => {
    const key = join(folder, 'key');
    await corridor(['agency', 'key', 'new', key, '--key-id', 'k1']);
    const { address } = await node({
      registry: {
        getAgreement: answering(() => ({ agreement: undefined, canonicalText: text('agreements/other') })),
        signAgreement: answering(() => { throw new Error('was called'); }),
      },
    });
    const run = await corridor(['agreement', 'sign', 'isp', '--key', key], { env: actorAt(address) });
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('nothing was signed');
  });
});
