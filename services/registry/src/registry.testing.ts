import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgencyKind } from '@corridor/contracts/common/v1/vocabulary';
import { RegistryEvent, Role } from '@corridor/contracts/registry/v1/resources';
import type { FoundRequest, NewAgency, RegistryServiceService } from '@corridor/contracts/registry/v1/registry';
import type { DocumentStore } from '@corridor/documents';
import type { EventLog, StoredRecord } from '@corridor/eventlog';
import { actorId, agencyId, type Clock, ManualClock } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import type { AgencyState, Role as RoleName } from '@corridor/policy';
import {
  CONFIRMATION_MS,
  type Caller,
  type CheckedEnvelope,
  type Method,
  type Methods,
  openKeys,
  readEnvelope,
  REGISTRY_TOPIC,
  type RpcHost,
  type Service,
  TOPICS,
} from '@corridor/runtime';
import { KnownPolicy } from '@corridor/runtime/testing';
import { expect, vi } from 'vitest';
import { build } from './service.ts';

export const BOOTSTRAP_SECRET = 'bootstrap secret of the tests';
/** Cheap, so that tests are quick; the work factor has no part in what they look at. */
export const CHEAP = { n: 2 ** 4, r: 8, p: 1 };
export const START = Date.UTC(2026, 10, 21, 12);

type RegistryMethods = Methods<typeof RegistryServiceService>;
type RequestOf<M> = M extends Method<infer Req, unknown> ? Req : never;
type ResponseOf<M> = M extends Method<never, infer Res> ? Res : never;

/** What a test puts between the service and its ports. */
export interface Between {
  readonly log?: (log: EventLog) => EventLog;
  readonly documents?: (documents: DocumentStore) => DocumentStore;
}

/** A registry over a real SQLite file, called below gRPC: callers are who they say they are. */
export interface TestRegistry {
  readonly service: Service;
  readonly clock: ManualClock;
  call<K extends keyof RegistryMethods>(rpc: K, request: RequestOf<RegistryMethods[K]>, caller?: Caller): Promise<ResponseOf<RegistryMethods[K]>>;
  records(): Promise<readonly StoredRecord[]>;
  events(): Promise<readonly { readonly envelope: CheckedEnvelope; readonly event: RegistryEvent }[]>;
  /** Ends it as far as a process can: nothing is published any more, the files are closed. */
  close(): Promise<void>;
}

export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'registry-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function openRegistry(folder: string, between: Between = {}, clock = new ManualClock(START)): Promise<TestRegistry> {
  const store = await openSqliteStore({
    file: join(folder, 'registry.sqlite'),
    topics: Object.values(TOPICS),
  });
  const documents = between.documents?.(store.documents) ?? store.documents;
  const log = between.log?.(store.log) ?? store.log;
  let methods: RegistryMethods | undefined;
  const rpc: RpcHost = {
    add: (_, added) => {
      methods = added as unknown as RegistryMethods;
    },
  };
  const keys = await openKeys({ store: store.documents, masterKey: new Uint8Array(32).fill(7) });
  const service = build(
    { bootstrapSecret: BOOTSTRAP_SECRET, secretCost: CHEAP },
    { log, partnerTopics: store.log.partnerTopics, documents, keys, policy: new KnownPolicy(), rpc, clock, report: () => undefined },
  );
  await service.start();
  const records = async (): Promise<readonly StoredRecord[]> => store.log.read(REGISTRY_TOPIC, { partition: 0, offset: 0 }, 10_000);
  return {
    service,
    clock,
    call: async (name, request, caller) => {
      const method = methods?.[name] as unknown as { unary(req: unknown, context: unknown): Promise<never> };
      return method.unary(request, { caller, signal: new AbortController().signal });
    },
    records,
    events: async () =>
      (await records()).map((record) => {
        const envelope = readEnvelope(record);
        return { envelope, event: RegistryEvent.decode(envelope.body.$case === 'payload' ? envelope.body.value : Buffer.alloc(0)) };
      }),
    close: async () => {
      await service.stop();
      await store.close();
    },
  };
}

/** A caller whom the host has let in. */
export const caller = (agency: string, actor: string, roles: readonly RoleName[], agencyState: AgencyState = 'active'): Caller => ({
  agency: agencyId(agency),
  actor: actorId(actor),
  name: `agencies/${agency}/actors/${actor}`,
  roles: new Set(roles),
  agencyState,
});

/** A clock that tells what was waited for on it. */
export class WatchedClock extends ManualClock implements Clock {
  readonly waits: number[] = [];

  override wait(ms: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(ms);
    return super.wait(ms, signal);
  }

  /** Lets the confirmation that a narrowing command waits for pass, and gives its answer. */
  async confirm<T>(answer: Promise<T>): Promise<T> {
    const before = this.#confirmations();
    await Promise.race([answer, vi.waitFor(() => expect(this.#confirmations()).toBeGreaterThan(before))]);
    this.advance(CONFIRMATION_MS);
    return answer;
  }

  #confirmations(): number {
    return this.waits.filter((ms) => ms === CONFIRMATION_MS).length;
  }
}

/** A secret of 16 characters and more that belongs to one name. */
export const secretOf = (name: string): string => `the secret of ${name.padEnd(4, '.')}`;

/** An agency to be, whose first actor is its administrator `ada`. */
export const newAgency = (agency: string): NewAgency => ({
  agencyId: agency,
  displayName: agency,
  kind: AgencyKind.AGENCY_KIND_NGO,
  country: '',
  memberStates: [],
  areas: [],
  firstActor: { actorId: 'ada', roles: [Role.ROLE_ADMINISTRATOR], secret: secretOf(agency) },
});

/** The founding act of `relief` and `harbour`, with the operator `ops`. */
export async function foundRegistry(registry: TestRegistry): Promise<void> {
  await registry.call('found', foundRequest('relief', 'harbour'));
}

export const foundRequest = (...agencies: readonly string[]): FoundRequest => ({
  bootstrapSecret: BOOTSTRAP_SECRET,
  operator: { actorId: 'ops', roles: [Role.ROLE_OPERATOR, Role.ROLE_ADMINISTRATOR], secret: secretOf('ops') },
  agencies: agencies.map(newAgency),
});

export const OPERATOR = caller('operator', 'ops', ['operator', 'administrator']);
export const RELIEF = caller('relief', 'ada', ['administrator']);
export const HARBOUR = caller('harbour', 'ada', ['administrator']);

/** Takes an agency along its life until it is active. */
export async function enter(registry: TestRegistry, id: string): Promise<Caller> {
  const name = { name: `agencies/${id}`, expectedVersion: 0n };
  await registry.call('applyAgency', { agency: newAgency(id) }, RELIEF);
  await registry.call('endorseAgency', name, HARBOUR);
  await registry.call('verifyAgency', name, OPERATOR);
  await registry.call('activateAgency', name, OPERATOR);
  return caller(id, 'ada', ['administrator']);
}
