import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AuditServiceService, CheckLogResponse } from '@corridor/contracts/audit/v1/audit';
import type { DocumentStore } from '@corridor/documents';
import { openSqliteDocuments } from '@corridor/documents/sqlite';
import type { NewRecord, Position } from '@corridor/eventlog';
import { actorId, agencyId, type Clock, CorridorError, ManualClock, systemClock, utf8 } from '@corridor/kernel';
import { openCheckpoint, parseVerifierKey, type Checkpoint } from '@corridor/merkle';
import { openSqliteStore, type SqliteStore } from '@corridor/outbox/sqlite';
import type { Role } from '@corridor/policy';
import { newEnvelope, newRecord, TOPICS, type Caller, type Keys, type Methods, type Ports, type RpcHost, type Service } from '@corridor/runtime';
import { build } from './service.ts';

export const ORIGIN = 'corridor.test/node-1';
/** So long that nothing is published a second time while a test runs. */
export const NEVER_MS = 1_000_000_000;

const PARTNER = agencyId('unhcr');

type AuditMethods = Methods<typeof AuditServiceService>;
type Requests = { readonly [K in keyof AuditMethods]: AuditMethods[K] extends infer M ? RequestOf<M> : never };
type RequestOf<M> = M extends { readonly unary: (request: infer Q, context: never) => unknown } ? Q : never;
type ResponseOf<M> = M extends { readonly unary: (request: never, context: never) => Promise<infer A> } ? A : never;
type UnaryName = 'getCheckpoint' | 'getInclusionProof' | 'getConsistencyProof';

/** An actor of an agency. */
export const caller = (agency: string, ...roles: readonly Role[]): Caller => ({
  agency: agencyId(agency),
  actor: actorId('actor-1'),
  name: `agencies/${agency}/actors/actor-1`,
  roles: new Set(roles),
  agencyState: 'active',
});
export const operator = caller('node', 'operator');

/** A record as services write it. */
const record = (subject: string, content: string, clock: Clock = systemClock): NewRecord =>
  newRecord(newEnvelope({ type: 'test.Content', subject, version: 0, source: '/test', payload: utf8(content) }, clock));

/** Key pairs that last as long as the object, as those of a node last. */
function testKeys(): Keys {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const unused = (): never => {
    throw new CorridorError('INTERNAL', 'the audit service has no use for this key');
  };
  return {
    data: { forSealing: unused, sealing: unused, load: unused, loaded: unused, destroy: unused, forget: unused, list: unused },
    signing: async () => ({ keyId: 'test', privateKey: pair.privateKey, publicKey }),
    aead: unused,
  };
}

/** A folder with the database of a node, opened and closed as often as a test wants. */
export class TestNode {
  readonly folder = mkdtempSync(join(tmpdir(), 'corridor-audit-'));
  readonly keys: Keys;
  #store: SqliteStore | undefined;
  #audits: TestAudit[] = [];

  constructor(keys: Keys = testKeys()) {
    this.keys = keys;
  }

  /** The database file. */
  get file(): string {
    return join(this.folder, 'node.db');
  }

  get store(): SqliteStore {
    if (this.#store === undefined) throw new Error('the store is not open');
    return this.#store;
  }

  async open(clock: Clock = systemClock): Promise<void> {
    this.#store = await openSqliteStore({ file: this.file, topics: Object.values(TOPICS), clock });
    await this.#store.log.partnerTopics.provision(PARTNER);
  }

  /** Stops everything; the files stay. */
  async close(): Promise<void> {
    for (const audit of this.#audits) await audit.service.stop();
    this.#audits = [];
    await this.#store?.close();
    this.#store = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true });
  }

  /** An audit service over the store, not started: each is one more replica. */
  async build(options: Partial<Pick<Ports, 'clock'>> & AuditOptions = {}): Promise<TestAudit> {
    const { store } = this;
    const documents = await openSqliteDocuments(store.database);
    const clock = options.clock ?? systemClock;
    const rpc = new CapturedRpc();
    const { checkpointMs = 25, origin = ORIGIN, continues } = options;
    const config = { checkpointMs, origin, ...(continues === undefined ? {} : { continues }) };
    const service = build(config, {
      log: store.log,
      partnerTopics: store.log.partnerTopics,
      documents: options.over?.(documents) ?? documents,
      keys: this.keys,
      policy: UNUSED_POLICY,
      rpc,
      clock,
      report: () => {},
    });
    const audit = new TestAudit(service, rpc, clock);
    this.#audits.push(audit);
    return audit;
  }

  /** A running audit service. */
  async start(options: Parameters<TestNode['build']>[0] = {}): Promise<TestAudit> {
    const audit = await this.build(options);
    await audit.service.start();
    return audit;
  }

  /** Appends a record for each subject. */
  append(topic: string, ...subjects: readonly string[]): Promise<readonly Position[]> {
    return this.store.log.append(topic, subjects.map((subject, i) => record(subject, `content ${i}`)));
  }
}

interface AuditOptions {
  readonly checkpointMs?: number;
  readonly origin?: string;
  readonly continues?: string;
  /** Puts something between the service and its documents. */
  readonly over?: (documents: DocumentStore) => DocumentStore;
}

/** An audit service and its RPCs, called as the host would after it let the caller through. */
export class TestAudit {
  readonly service: Service;
  readonly #rpc: CapturedRpc;
  readonly #clock: Clock;

  constructor(service: Service, rpc: CapturedRpc, clock: Clock) {
    this.service = service;
    this.#rpc = rpc;
    this.#clock = clock;
  }

  async call<K extends UnaryName>(name: K, by: Caller, request: Requests[K], signal = neverAborts()): Promise<ResponseOf<AuditMethods[K]>> {
    return this.#rpc.unary(name, request, { caller: by, signal });
  }

  /** The checkpoint that GetCheckpoint answers with, verified. */
  async checkpoint(by: Caller = operator, newest = true): Promise<Checkpoint> {
    const { note, verifier } = await this.call('getCheckpoint', by, { newest });
    const opened = openCheckpoint(note, [parseVerifierKey(verifier)]);
    if (!opened.ok) throw new Error(opened.reason);
    return opened.checkpoint;
  }

  /** All messages of CheckLog. */
  async checkLog(): Promise<readonly CheckLogResponse[]> {
    return this.#rpc.checkLog();
  }

  /** What CheckLog found. */
  async findings(): Promise<readonly string[]> {
    return (await this.checkLog()).at(-1)?.findings ?? ['no answer'];
  }

  /** Resolves when the newest checkpoint covers so many leaves. */
  async sequenced(size: number): Promise<void> {
    await this.until(`${size} leaves`, async () => (await this.checkpoint()).size >= size);
  }

  /** Resolves when the newest published checkpoint covers so many leaves. */
  async published(size: number): Promise<void> {
    await this.until(`${size} published leaves`, async () => (await this.checkpoint(operator, false)).size >= size);
  }

  /** Waits for a condition, ten seconds at most; a manual clock moves on meanwhile. */
  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 10_000; !(await condition()); ) {
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}: ${this.service.unwell() ?? 'the service is well'}`);
      await pause(1);
      if (this.#clock instanceof ManualClock) this.#clock.advance(5);
    }
  }
}

type Context = { readonly caller: Caller; readonly signal: AbortSignal };
type AnyUnary = (request: unknown, context: Context) => Promise<never>;

/** Keeps the methods that a service adds. */
class CapturedRpc implements RpcHost {
  #methods: Readonly<Record<string, unknown>> = {};

  add(_definition: unknown, methods: Readonly<Record<string, unknown>>): void {
    this.#methods = methods;
  }

  unary(name: UnaryName, request: unknown, context: Context): Promise<never> {
    // The host's types are those of the generated definition; the test calls by name.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { unary } = this.#methods[name] as { readonly unary: AnyUnary };
    return unary(request, context);
  }

  async checkLog(): Promise<readonly CheckLogResponse[]> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const method = this.#methods['checkLog'] as Extract<AuditMethods['checkLog'], { readonly serverStream: unknown }>;
    const messages: CheckLogResponse[] = [];
    const write = async (message: CheckLogResponse | Buffer): Promise<void> => {
      if (!Buffer.isBuffer(message)) messages.push(message);
    };
    await method.serverStream({}, { write, tryWrite: () => true }, { caller: operator, signal: neverAborts() });
    return messages;
  }
}

const neverAborts = (): AbortSignal => new AbortController().signal;

const unused = (): never => {
  throw new CorridorError('INTERNAL', 'the audit service has no use for the policy state');
};
const UNUSED_POLICY: Ports['policy'] = {
  get state() {
    return unused();
  },
  get revision() {
    return unused();
  },
  current: unused,
  latest: unused,
  confirmed: unused,
  reached: unused,
  onChange: unused,
  onLapse: unused,
};

/** The reason for which a promise is rejected. */
export async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return CorridorError.from(error).reason;
  }
  return 'none';
}
