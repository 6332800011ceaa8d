import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertDelivery, AlertEvent, RuleEvent, type Alert, type AlertFilter, type AlertsServiceService, type SubscribeAlertsResponse } from '@corridor/contracts/alerts/v1/alerts';
import type { Rule } from '@corridor/contracts/alerts/v1/rules';
import { Category, type Handling } from '@corridor/contracts/common/v1/vocabulary';
import { Delivery } from '@corridor/contracts/hub/v1/hub';
import { RecordEvent } from '@corridor/contracts/hub/v1/record';
import { ViewBatch, ViewForm, type UpdateView } from '@corridor/contracts/hub/v1/updates';
import { partnerTopicName, type EventLog } from '@corridor/eventlog';
import { agencyId, ManualClock, newUuid, systemClock, type Clock } from '@corridor/kernel';
import { openSqliteStore, type SqliteStore } from '@corridor/outbox/sqlite';
import type { PolicyEvent } from '@corridor/policy';
import {
  newEnvelope,
  newRecord,
  openKeys,
  PolicyFollower,
  readEnvelope,
  sealedFor,
  TOPICS,
  type Caller,
  type Keys,
  type Methods,
  type Ports,
  type RpcHost,
  type Service,
  type Sink,
} from '@corridor/runtime';
import { policyFactRecord } from '@corridor/runtime/testing';
import { build } from './service.ts';
import { handling, rule } from './views.testing.ts';
import { APPROVER, AUTHOR, DAY, OWN, SERIES, START } from './world.testing.ts';

export * from './views.testing.ts';
export * from './world.testing.ts';

const MASTER_KEY = new Uint8Array(32).fill(7);

type AlertsMethods = Methods<typeof AlertsServiceService>;
type UnaryOf<M> = Extract<M, { unary: unknown }> extends { unary: (request: infer Req, context: never) => Promise<infer Res> } ? [Req, Res] : never;

export interface OpenOptions {
  readonly clock?: Clock;
  /** A gRPC host that serves the methods too. */
  readonly rpc?: (ports: Omit<Ports, 'rpc'>) => RpcHost;
  /** Whether the topic of the early-warning agency is there from the start; it is when absent. */
  readonly topic?: boolean;
}

/** Early warning over real SQLite files, real keys and a policy state followed from the log; called below gRPC unless a host is given. */
export interface TestAlerts {
  readonly service: Service;
  readonly clock: Clock;
  readonly log: EventLog;
  readonly store: SqliteStore;
  readonly keys: Keys;
  readonly policy: PolicyFollower;
  /** Puts facts into the policy topics and waits until they count. */
  know(...events: readonly PolicyEvent[]): Promise<void>;
  call<K extends keyof AlertsMethods>(rpc: K, request: UnaryOf<AlertsMethods[K]>[0], caller: Caller): Promise<UnaryOf<AlertsMethods[K]>[1]>;
  /** Appends a delivery to the topic of the early-warning agency, as the hub does. */
  deliver(views: readonly UpdateView[], change?: DeliveryChange): Promise<void>;
  subscribe(caller: Caller, options?: SubscribeOptions): TestSubscriber;
  /** Everything on record. */
  recorded(): Promise<readonly NonNullable<RecordEvent['entry']>[]>;
  /** Everything the alerts topic tells, in no order of partitions. */
  events(): Promise<readonly { readonly type: string; readonly cause: string; readonly alert?: Alert | undefined; readonly sealed: boolean }[]>;
  /** What an agency's own topic holds of alerts. */
  deliveredTo(agency: string): Promise<readonly (AlertDelivery & { readonly id: string })[]>;
  /** Resolves when everything that was delivered is evaluated. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface DeliveryChange {
  readonly series?: string;
  readonly handling?: Partial<Handling>;
  readonly publishTime?: number;
  readonly expireTime?: number;
}

export interface SubscribeOptions {
  readonly filter?: Partial<AlertFilter>;
  readonly from?: 'now' | 'beginning';
  readonly cursor?: Uint8Array;
}

export interface TestSubscriber {
  readonly deliveries: AlertDelivery[];
  readonly cursors: Uint8Array[];
  /** Rejects with what ended the stream. */
  readonly done: Promise<void>;
  /** What happened, e.g. `alert.raised`. */
  causes(): readonly string[];
  stop(): Promise<void>;
}

export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'alerts-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** What a check comes to once it no longer fails; its last failure when that takes too long. */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 10_000; ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await systemClock.wait(2);
  }
}

export async function openAlerts(folder: string, options: OpenOptions = {}): Promise<TestAlerts> {
  const clock = options.clock ?? new ManualClock(START);
  const store = await openSqliteStore({ file: join(folder, 'corridor.db'), topics: Object.values(TOPICS), clock });
  const keys = await openKeys({ store: store.documents, masterKey: MASTER_KEY });
  const { log, documents } = store;
  const report = (): void => {};
  const policy = new PolicyFollower({ log, dataKeys: keys.data, clock, report });
  await policy.start();
  if (options.topic !== false) await log.partnerTopics.provision(agencyId(OWN));
  let methods: AlertsMethods | undefined;
  const ports = { log, partnerTopics: log.partnerTopics, documents, keys, policy, clock, report };
  const host = options.rpc?.(ports);
  const rpc: RpcHost = {
    add: (definition, added) => {
      methods = added as unknown as AlertsMethods;
      host?.add(definition, added);
    },
  };
  const service = await build({}, { ...ports, rpc });
  await service.start();
  const subscribers = new Set<TestSubscriber>();
  const everything = async (topic: string) => {
    const begin = await log.begin(topic);
    return (await Promise.all(begin.map((offset, partition) => log.read(topic, { partition, offset }, 100_000)))).flat();
  };
  return {
    service,
    clock,
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
    deliver: (views, change = {}) => deliver(log, clock, views, change),
    subscribe: (caller, subscribing = {}) => {
      const method = methods?.subscribeAlerts;
      if (method === undefined || !('serverStream' in method)) throw new Error('there is no SubscribeAlerts');
      const subscriber = openSubscriber(method.serverStream, caller, subscribing);
      subscribers.add(subscriber);
      return subscriber;
    },
    recorded: async () =>
      (await everything(TOPICS.record.name)).flatMap((record) => {
        const { body } = readEnvelope(record);
        return RecordEvent.decode(body.$case === 'payload' ? body.value : Buffer.alloc(0)).entry ?? [];
      }),
    events: async () =>
      Promise.all(
        (await everything(TOPICS.alerts.name)).map(async (record) => {
          const { id, type, subject, body } = readEnvelope(record);
          if (body.$case === 'payload') return { type, cause: RuleEvent.decode(body.value).cause, sealed: false };
          const key = await keys.data.load(body.value.keyId);
          const { cause, alert } = AlertEvent.decode(key.open(body.value, sealedFor({ id, type, subject })));
          return { type, cause, alert, sealed: true };
        }),
      ),
    deliveredTo: async (agency) =>
      (await everything(partnerTopicName(agencyId(agency)))).flatMap((record) => {
        const { id, type, body } = readEnvelope(record);
        return type === 'corridor.alerts.v1.AlertDelivery' && body.$case === 'payload' ? [{ id, ...AlertDelivery.decode(body.value) }] : [];
      }),
    settled: () =>
      eventually(async () => {
        const [end, reached] = await Promise.all([log.end(partnerTopicName(agencyId(OWN))), log.positions(partnerTopicName(agencyId(OWN)), 'alerts-intake')]);
        if (end.some((offset, p) => offset > (reached[p] ?? 0))) throw new Error('not everything is evaluated');
      }),
    close: async () => {
      for (const subscriber of subscribers) await subscriber.stop();
      await service.stop();
      await policy.stop();
      await store.close();
    },
  };
}

/** Appends a delivery to the topic of the early-warning agency, as the hub does. */
async function deliver(log: EventLog, clock: Clock, views: readonly UpdateView[], change: DeliveryChange = {}): Promise<void> {
  const { series = SERIES, publishTime = clock.now() } = change;
  const batch: ViewBatch = {
    series,
    category: Category.CATEGORY_MOVEMENT,
    handling: handling(change.handling),
    form: ViewForm.VIEW_FORM_MASKED,
    ownNationalsNeverIncluded: false,
    watermark: '',
    updates: views.map((view) => ({ ...view, name: view.name.includes('/') ? view.name : `${series}/updates/${view.name}` })),
  };
  const payload = Delivery.encode({
    batch: Buffer.from(ViewBatch.encode(batch).finish()),
    salt: Buffer.alloc(16),
    publishTime: new Date(publishTime),
    expireTime: new Date(change.expireTime ?? publishTime + 365 * DAY),
  }).finish();
  const subject = series.split('/').filter((_, i) => i % 2 === 1).join('/');
  const envelope = newEnvelope({ type: 'corridor.hub.v1.Delivery', subject, version: 0, source: '/hub', payload }, clock);
  await log.append(partnerTopicName(agencyId(OWN)), [newRecord(envelope)]);
}

type ServerStream = Extract<AlertsMethods['subscribeAlerts'], { serverStream: unknown }>['serverStream'];

function openSubscriber(serverStream: ServerStream, caller: Caller, options: SubscribeOptions): TestSubscriber {
  const ended = new AbortController();
  const deliveries: AlertDelivery[] = [];
  const cursors: Uint8Array[] = [];
  const take = async (message: SubscribeAlertsResponse | Buffer): Promise<void> => {
    if (ended.signal.aborted) throw new Error('the stream has ended');
    if (Buffer.isBuffer(message)) return;
    if (message.event?.$case === 'delivery') deliveries.push(message.event.value);
    if (message.event?.$case === 'mark') cursors.push(message.event.value.cursor);
  };
  const sink: Sink<SubscribeAlertsResponse> = { write: take, tryWrite: () => false };
  const request = {
    filter: { topics: [], statuses: [], ...options.filter },
    cursor: Buffer.from(options.cursor ?? []),
    from: options.from === 'beginning' ? 2 : 1,
  } as const;
  const done = Promise.resolve().then(() => serverStream(request, sink, { caller, signal: ended.signal }));
  done.catch(() => undefined);
  return {
    deliveries,
    cursors,
    done,
    causes: () => deliveries.map(({ cause }) => cause),
    stop: async () => {
      ended.abort();
      await done.catch(() => undefined);
    },
  };
}

/** Writes, tries and activates a rule. */
export async function activate(alerts: TestAlerts, id: string, change: Partial<Rule> = {}, evaluateHistory = false): Promise<Rule> {
  await alerts.call('createRule', { ruleId: id, rule: rule(change) }, AUTHOR);
  const name = `rules/${id}`;
  await alerts.call('backtestRule', { name, expectedVersion: 0n, start: undefined, end: undefined, events: [], toleranceSeconds: 0 }, AUTHOR);
  const { rule: active } = await alerts.call('activateRule', { name, expectedVersion: 0n, evaluateHistory }, APPROVER);
  if (active === undefined) throw new Error('no rule was activated');
  return active;
}

/** Every alert that somebody may see, newest first. */
export async function listed(alerts: TestAlerts, caller: Caller, filter: Partial<AlertFilter> = {}): Promise<readonly Alert[]> {
  const request = { filter: { topics: [], statuses: [], ...filter }, states: [], unacknowledged: false, pageSize: 1000, pageToken: '' };
  return (await alerts.call('listAlerts', request, caller)).alerts;
}

export const newAlertId = (): string => newUuid(START);
