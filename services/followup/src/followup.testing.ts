import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FollowupEvent, type FollowupServiceService, type NewRecommendation } from '@corridor/contracts/followup/v1/followup';
import { Theme, type Contribution, type Recommendation } from '@corridor/contracts/followup/v1/resources';
import { RecordEvent } from '@corridor/contracts/hub/v1/record';
import type { EventLog } from '@corridor/eventlog';
import { ManualClock, type Clock } from '@corridor/kernel';
import { openSqliteStore, type SqliteStore } from '@corridor/outbox/sqlite';
import type { Handling, PolicyEvent } from '@corridor/policy';
import { handlingTo, openKeys, PolicyFollower, readEnvelope, sealedFor, TOPICS, type Caller, type Keys, type Methods, type Ports, type RpcHost, type Service } from '@corridor/runtime';
import { policyFactRecord } from '@corridor/runtime/testing';
import { build } from './service.ts';
import { AUTHORITY, handling, id, person, RELIEF, SECRETARIAT, START } from './world.testing.ts';

export * from './world.testing.ts';

export const MASTER_KEY = new Uint8Array(32).fill(7);

type FollowupMethods = Methods<typeof FollowupServiceService>;
type UnaryOf<M> = Extract<M, { unary: unknown }> extends { unary: (request: infer Req, context: never) => Promise<infer Res> } ? [Req, Res] : never;

export interface OpenOptions {
  readonly clock?: Clock;
  /** A gRPC host that serves the methods too. */
  readonly rpc?: (ports: Omit<Ports, 'rpc'>) => RpcHost;
}

/** Follow-up over a real SQLite file, real keys and a policy state followed from the log; called below gRPC unless a host is given. */
export interface TestFollowup {
  readonly service: Service;
  readonly log: EventLog;
  readonly store: SqliteStore;
  readonly keys: Keys;
  readonly policy: PolicyFollower;
  /** Puts facts into the policy topics and waits until they count. */
  know(...events: readonly PolicyEvent[]): Promise<void>;
  call<K extends keyof FollowupMethods>(rpc: K, request: UnaryOf<FollowupMethods[K]>[0], caller: Caller): Promise<UnaryOf<FollowupMethods[K]>[1]>;
  /** Everything on record. */
  recorded(): Promise<readonly NonNullable<RecordEvent['entry']>[]>;
  /** Everything the topic of follow-up tells, with whether it was sealed. */
  events(): Promise<readonly { readonly cause: string; readonly sealed: boolean; readonly version: number }[]>;
  close(): Promise<void>;
}

export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'followup-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function openFollowup(folder: string, { clock = new ManualClock(START), rpc: hostOf }: OpenOptions = {}): Promise<TestFollowup> {
  const store = await openSqliteStore({ file: join(folder, 'corridor.db'), topics: Object.values(TOPICS), clock });
  const keys = await openKeys({ store: store.documents, masterKey: MASTER_KEY });
  const { log, documents } = store;
  const report = (): void => {};
  const policy = new PolicyFollower({ log, dataKeys: keys.data, clock, report });
  await policy.start();
  const ports = { log, partnerTopics: log.partnerTopics, documents, keys, policy, clock, report };
  const host = hostOf?.(ports);
  let methods: FollowupMethods | undefined;
  const rpc: RpcHost = {
    add: (definition, added) => {
      methods = added as unknown as FollowupMethods;
      host?.add(definition, added);
    },
  };
  const service = build({ ...ports, rpc });
  await service.start();
  const everything = async (topic: string) => {
    const begin = await log.begin(topic);
    return (await Promise.all(begin.map((offset, partition) => log.read(topic, { partition, offset }, 100_000)))).flat();
  };
  return {
    service,
    log,
    store,
    keys,
    policy,
    know: async (...events) => {
      const facts = Map.groupBy(events.map((event) => policyFactRecord(event, clock)), ([topic]) => topic);
      for (const [topic, records] of facts) await log.append(topic, records.flatMap(([, record]) => record));
      const [[registry = 0], [consents = 0]] = await Promise.all([log.end(TOPICS.registry.name), log.end(TOPICS.consents.name)]);
      await policy.reached({ registry, consents });
    },
    call: async (name, request, caller) => {
      const method = methods?.[name] as unknown as { unary(req: unknown, context: unknown): Promise<never> };
      return method.unary(request, { caller, signal: new AbortController().signal });
    },
    recorded: async () =>
      (await everything(TOPICS.record.name)).flatMap((record) => {
        const { body } = readEnvelope(record);
        return RecordEvent.decode(body.$case === 'payload' ? body.value : Buffer.alloc(0)).entry ?? [];
      }),
    events: async () =>
      Promise.all(
        (await everything(TOPICS.followup.name)).map(async (record) => {
          const { id: envelope, type, subject, version, body } = readEnvelope(record);
          if (body.$case === 'payload') return { cause: FollowupEvent.decode(body.value).cause, sealed: false, version: Number(version) };
          const key = await keys.data.load(body.value.keyId);
          return { cause: FollowupEvent.decode(key.open(body.value, sealedFor({ id: envelope, type, subject }))).cause, sealed: true, version: Number(version) };
        }),
      ),
    close: async () => {
      await service.stop();
      await policy.stop();
      await store.close();
    },
  };
}

/** A recommendation to be adopted, the nth of a test. */
export const proposed = (n: number, change: Partial<NewRecommendation> = {}): NewRecommendation => ({
  recommendationId: id(n),
  reference: `R${n}`,
  text: `Recommendation ${n}.`,
  themes: [Theme.THEME_RECEPTION],
  recommender: '',
  area: 'ITA',
  handling: undefined,
  dueTime: undefined,
  addressees: [`agencies/${AUTHORITY}`, `agencies/${RELIEF}`],
  position: 0,
  duplicateOf: '',
  ...change,
});

/** A meeting of the secretariat. */
export const meet = (followup: TestFollowup, meetingId = 'forum', change: { readonly group?: string; readonly handling?: Partial<Handling> } = {}) =>
  followup.call(
    'createMeeting',
    {
      meetingId,
      meeting: { name: '', version: 0n, title: 'Forum', meetingTime: new Date(START), secretariat: '', group: change.group ?? '', handling: handlingTo(handling(change.handling)) },
    },
    person(SECRETARIAT),
  );

/** Has the forum adopt these. */
export async function adopt(followup: TestFollowup, ...recommendations: readonly NewRecommendation[]): Promise<readonly Recommendation[]> {
  return (await followup.call('adoptRecommendations', { meeting: 'meetings/forum', recommendations, validateOnly: false }, person(SECRETARIAT))).recommendations;
}

/** A report of progress on a recommendation, the nth id. */
export const report = (of: number, n: number, implementation: 1 | 2 | 3 | 4) => ({
  name: `recommendations/${id(of)}`,
  reportId: id(n),
  implementation,
  text: 'What was done.',
  evidence: [{ uri: 'https://example.org/', title: 'A page' }],
  expectedVersion: 0n,
});

/** A flow of the secretariat as it is reported. */
export const flow = (flowId: string, change: Partial<Contribution> = {}): Contribution => ({
  name: '',
  version: 0n,
  source: 'fts',
  flowId,
  donor: 'Luxembourg',
  recipient: 'Red Cross',
  area: 'AFG',
  stage: 1,
  unit: 1,
  amount: 100n,
  originalMinorUnits: 0n,
  originalCurrency: '',
  pooledFund: '',
  decisionTime: new Date(START),
  description: '',
  owner: '',
  handling: handlingTo(handling()),
  reports: 0,
  ...change,
});

export const page = { pageSize: 0, pageToken: '' };
/** The names of the recommendations that a caller finds. */
export async function listed(followup: TestFollowup, caller: Caller, change: { readonly asOf?: Date } = {}): Promise<readonly string[]> {
  const { recommendations } = await followup.call('listRecommendations', { filter: undefined, asOf: change.asOf, ...page }, caller);
  return recommendations.map(({ reference }) => reference);
}
