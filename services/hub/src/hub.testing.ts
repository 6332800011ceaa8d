import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Granularity, CountState, Category, LegalBasis, OnwardSharing, PersonalDataLevel, PlacePrecision, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import type { Handling as HandlingMessage } from '@corridor/contracts/common/v1/vocabulary';
import { SubscribeResponse, type HubServiceService, type PublishRequest, type UpdateFilter } from '@corridor/contracts/hub/v1/hub';
import { RecordEvent } from '@corridor/contracts/hub/v1/record';
import { Breakdown, Measure, Population, Quality, RescuePhase, TransportMode, ViewBatch, type MovementTable, type Update, type UpdateView } from '@corridor/contracts/hub/v1/updates';
import type { DocumentStore } from '@corridor/documents';
import type { EventLog, PartnerTopics, StoredRecord } from '@corridor/eventlog';
import { actorId, agencyId, ManualClock, newUuid, seriesId, type Clock } from '@corridor/kernel';
import { openSqliteStore, type SqliteStore } from '@corridor/outbox/sqlite';
import type { ActorFacts, AgencyFacts, AgreementFacts, Clause, ConsentFacts, GroupFacts, PolicyEvent, Role } from '@corridor/policy';
import {
  CONFIRMATION_MS,
  openKeys,
  PolicyFollower,
  readEnvelope,
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
import { expect, vi } from 'vitest';
import { build, type HubConfig } from './service.ts';

export const DAY = 86_400_000;
export const START = Date.UTC(2026, 10, 21, 12);
const FOREVER = Date.UTC(2100, 0, 1);
const MASTER_KEY = new Uint8Array(32).fill(7);

type HubMethods = Methods<typeof HubServiceService>;
type UnaryOf<M> = Extract<M, { unary: unknown }> extends { unary: (request: infer Req, context: never) => Promise<infer Res> } ? [Req, Res] : never;

export interface OpenOptions extends HubConfig {
  readonly clock?: WatchedClock;
  readonly maxPages?: number;
  /** What a test puts between the hub and its log. */
  readonly log?: (log: EventLog) => EventLog;
  /** What a test puts between the hub and its documents. */
  readonly documents?: (documents: DocumentStore) => DocumentStore;
  /** What a test puts between the hub and the topics of partners. */
  readonly partnerTopics?: (topics: PartnerTopics) => PartnerTopics;
  /** A gRPC host that serves the methods too. */
  readonly rpc?: (ports: Omit<Ports, 'rpc'>) => RpcHost;
}

/** A hub over real SQLite files, real keys and a policy state followed from the log; called below gRPC unless a host is given. */
export interface TestHub {
  readonly service: Service;
  readonly clock: WatchedClock;
  readonly log: EventLog;
  readonly store: SqliteStore;
  readonly keys: Keys;
  readonly policy: PolicyFollower;
  /** Puts facts into the policy topics and waits until they count. */
  know(...events: readonly PolicyEvent[]): Promise<void>;
  call<K extends keyof HubMethods>(rpc: K, request: UnaryOf<HubMethods[K]>[0], caller: Caller): Promise<UnaryOf<HubMethods[K]>[1]>;
  publish(request: PublishRequest): Promise<readonly { readonly version: number; readonly repeated: boolean; readonly reason: string; readonly at: string }[]>;
  subscribe(caller: Caller, options?: SubscribeOptions): TestSubscriber;
  /** Everything on record, in no order of partitions. */
  recorded(): Promise<readonly (StoredRecord & { readonly entry: NonNullable<RecordEvent['entry']> })[]>;
  close(): Promise<void>;
}

export interface SubscribeOptions {
  readonly purpose?: Purpose;
  readonly filter?: Partial<UpdateFilter>;
  readonly from?: 'now' | 'beginning';
  readonly cursor?: Uint8Array;
  /** Called with each event before it counts as taken; what it returns is waited for, as a slow transport would. */
  readonly take?: (event: NonNullable<SubscribeResponse['event']>) => void | Promise<void>;
}

/** One subscription as its reader sees it. */
export interface TestSubscriber {
  readonly events: NonNullable<SubscribeResponse['event']>[];
  /** Deliveries in order. */
  readonly deliveries: { readonly bytes: Buffer; readonly salt: Buffer; readonly batch: ViewBatch }[];
  readonly cursors: Uint8Array[];
  /** Rejects with what ended the stream. */
  readonly done: Promise<void>;
  /** Ids and view versions of what was delivered, `id@version`. */
  seen(): readonly string[];
  stop(): Promise<void>;
}

/** How long an answer may take, ms of the machine's time. */
const ANSWER_MS = 15_000;

/** A clock that stands still until it is told, and tells what was waited for on it. */
export class WatchedClock extends ManualClock implements Clock {
  readonly waits: number[] = [];
  #passed = 0;

  override wait(ms: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(ms);
    return super.wait(ms, signal);
  }

  /** Lets the confirmation that a narrowing command waits for pass, and gives its answer. */
  async confirm<T>(answer: Promise<T>): Promise<T> {
    let answered = false;
    const done = (): void => {
      answered = true;
    };
    answer.then(done, done);
    await vi.waitFor(() => expect(answered || this.#confirmations() > this.#passed).toBe(true));
    // Small steps, so that nobody's confirmation of the policy state lapses and what waits behind it goes on, for as long as
    // a busy machine may take for what the answer waits for beside the clock.
    for (const late = performance.now() + ANSWER_MS; !answered && performance.now() < late; ) {
      this.advance(CONFIRMATION_MS / 5);
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#passed = this.#confirmations();
    return answer;
  }

  #confirmations(): number {
    return this.waits.filter((ms) => ms === CONFIRMATION_MS).length;
  }
}

export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'hub-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function openHub(folder: string, options: OpenOptions = {}): Promise<TestHub> {
  const clock = options.clock ?? new WatchedClock(START);
  const store = await openSqliteStore({
    file: join(folder, 'corridor.db'),
    topics: Object.values(TOPICS),
    clock,
    ...(options.maxPages === undefined ? {} : { maxPages: options.maxPages }),
  });
  const keyStore = await openSqliteStore({ file: join(folder, 'keys.db'), topics: [] });
  const keys = await openKeys({ store: keyStore.documents, masterKey: MASTER_KEY });
  const log = options.log?.(store.log) ?? store.log;
  const documents = options.documents?.(store.documents) ?? store.documents;
  const partnerTopics = options.partnerTopics?.(store.log.partnerTopics) ?? store.log.partnerTopics;
  const report = (): void => {};
  const policy = new PolicyFollower({ log: store.log, dataKeys: keys.data, clock, report });
  await policy.start();
  let methods: HubMethods | undefined;
  const ports = { log, partnerTopics, documents, keys, policy, clock, report };
  const host = options.rpc?.(ports);
  const rpc: RpcHost = {
    add: (definition, added) => {
      methods = added as unknown as HubMethods;
      host?.add(definition, added);
    },
  };
  const service = await build(options, { ...ports, rpc });
  await service.start();
  const subscribers = new Set<TestSubscriber>();

  const hub: TestHub = {
    service,
    clock,
    log: store.log,
    store,
    keys,
    policy,
    know: async (...events) => {
      for (const event of events) await store.log.append(...policyFactRecord(event, clock));
      const [[registry = 0], [consents = 0]] = await Promise.all([store.log.end(TOPICS.registry.name), store.log.end(TOPICS.consents.name)]);
      await policy.reached({ registry, consents });
    },
    call: async (name, request, caller) => {
      const method = methods?.[name] as unknown as { unary(req: unknown, context: unknown): Promise<never> };
      return method.unary(request, { caller, signal: new AbortController().signal });
    },
    publish: async (request) => {
      const owner = request.series.split('/')[1] ?? '';
      const { receipts } = await hub.call('publish', request, person(owner));
      return receipts.map(({ version, repeatedUpdate, error, position, index }) => ({
        version,
        repeated: repeatedUpdate,
        reason: error?.reason ?? '',
        at: position === undefined ? '' : `${position.partition}/${position.offset}/${index}`,
      }));
    },
    subscribe: (caller, subscribing = {}) => {
      const method = methods?.subscribe;
      if (method === undefined || !('serverStream' in method)) throw new Error('the hub has no Subscribe');
      const subscriber = openSubscriber(method.serverStream, caller, subscribing);
      subscribers.add(subscriber);
      return subscriber;
    },
    recorded: async () => {
      const found: (StoredRecord & { readonly entry: NonNullable<RecordEvent['entry']> })[] = [];
      for (let partition = 0; partition < TOPICS.record.partitions; partition += 1) {
        for (const record of await store.log.read(TOPICS.record.name, { partition, offset: 0 }, 100_000)) {
          const { body } = readEnvelope(record);
          const { entry } = RecordEvent.decode(body.$case === 'payload' ? body.value : Buffer.alloc(0));
          if (entry !== undefined) found.push({ ...record, entry });
        }
      }
      return found;
    },
    close: async () => {
      for (const subscriber of subscribers) await subscriber.stop();
      await service.stop();
      await policy.stop();
      await store.close();
      await keyStore.close();
    },
  };
  return hub;
}

type ServerStream = Extract<HubMethods['subscribe'], { serverStream: unknown }>['serverStream'];

function openSubscriber(serverStream: ServerStream, caller: Caller, options: SubscribeOptions): TestSubscriber {
  const ended = new AbortController();
  const events: NonNullable<SubscribeResponse['event']>[] = [];
  const deliveries: TestSubscriber['deliveries'] = [];
  const cursors: Uint8Array[] = [];
  const take = async (message: SubscribeResponse | Buffer): Promise<void> => {
    if (ended.signal.aborted) throw new Error('the stream has ended');
    const { event } = Buffer.isBuffer(message) ? SubscribeResponse.decode(message) : message;
    if (event === undefined) return;
    events.push(event);
    if (event.$case === 'delivery') {
      const { batch, salt } = event.value;
      deliveries.push({ bytes: batch, salt, batch: ViewBatch.decode(batch) });
    }
    if (event.$case === 'mark') cursors.push(event.value.cursor);
    await options.take?.(event);
  };
  const sink: Sink<SubscribeResponse> = { write: take, tryWrite: () => false };
  const request = {
    purpose: options.purpose ?? Purpose.PURPOSE_PLANNING,
    filter: { owners: [], series: [], categories: [], areas: [], ...options.filter },
    cursor: Buffer.from(options.cursor ?? []),
    from: options.from === 'beginning' ? 2 : 1,
  } as const;
  const done = Promise.resolve().then(() => serverStream(request, sink, { caller, signal: ended.signal }));
  done.catch(() => undefined);
  return {
    events,
    deliveries,
    cursors,
    done,
    seen: () => deliveries.flatMap(({ batch }) => batch.updates.map(({ name, version }) => `${name.split('/').at(-1)}@${version}`)),
    stop: async () => {
      ended.abort();
      await done.catch(() => undefined);
    },
  };
}

/** An actor whom the host has let in, with every role a member of staff can have. */
export const person = (agency: string, actor = 'staff-1', roles: readonly Role[] = ['reader', 'publisher', 'approver', 'data-protection-officer', 'administrator']): Caller => ({
  agency: agencyId(agency),
  actor: actorId(actor),
  name: `agencies/${agency}/actors/${actor}`,
  roles: new Set(roles),
  agencyState: 'active',
});

// Facts.

export const agency = (id: string, change: Partial<AgencyFacts> = {}): PolicyEvent => ({
  kind: 'agency',
  fact: { id: agencyId(id), version: 1, kind: 'ngo', state: 'active', memberStates: [], ...change },
});
export const actor = (of: string, id = 'staff-1', change: Partial<ActorFacts> = {}): PolicyEvent => ({
  kind: 'actor',
  fact: { agency: agencyId(of), actor: actorId(id), version: 1, roles: ['reader', 'publisher', 'approver', 'data-protection-officer', 'administrator'], retired: false, ...change },
});
export const group = (id: string, members: readonly string[], change: Partial<GroupFacts> = {}): PolicyEvent => ({
  kind: 'group',
  fact: { id, version: 1, members: members.map((member) => agencyId(member)), closed: false, ...change },
});
export const clause = (change: Partial<Clause> = {}): Clause => ({
  id: 'c1',
  effect: 'permit',
  owners: [],
  recipients: [],
  recipientKinds: [],
  categories: ['movement'],
  purposes: ['planning'],
  areas: ['WORLD'],
  levels: ['aggregate'],
  exact: false,
  onwardSharing: 'prohibited',
  highestPrecision: 'point',
  retentionDays: 0,
  withoutBreakdown: false,
  secretariatBound: false,
  watermark: false,
  ...change,
});
export const agreement = (id: string, parties: readonly string[], clauses: readonly Clause[], change: Partial<AgreementFacts> = {}): PolicyEvent => ({
  kind: 'agreement',
  fact: { id, version: 1, parties: parties.map((party) => agencyId(party)), clauses, effectiveFrom: START - DAY, expiresAt: FOREVER, state: 'in-force', ...change },
});
export const consent = (owner: string, recipient: string, change: Partial<ConsentFacts> = {}): PolicyEvent => ({
  kind: 'consent',
  fact: {
    id: `${owner}/to-${recipient}`,
    version: 1,
    owner: agencyId(owner),
    recipient: { kind: 'agency', id: agencyId(recipient) },
    categories: ['movement'],
    purposes: ['planning'],
    expiresAt: FOREVER,
    revoked: false,
    ...change,
  },
});

/** `owner` and each recipient active, bound by one agreement with these clauses, consented. */
export const sharing = (owner: string, recipients: readonly string[], terms: Partial<Clause> = {}): readonly PolicyEvent[] => [
  ...[owner, ...recipients].flatMap((id) => [agency(id), actor(id)]),
  agreement(`of-${owner}`, [owner, ...recipients], [clause(terms)]),
  ...recipients.map((id) => consent(owner, id, { categories: terms.categories ?? ['movement'], purposes: terms.purposes ?? ['planning'] })),
];

// Updates.

/** Ids that rise with every call, at the tests' time. */
export const newId = (): string => newUuid(START);

export const handling = (change: Partial<HandlingMessage> = {}): HandlingMessage => ({
  tlp: Tlp.TLP_AMBER,
  purposes: [Purpose.PURPOSE_PLANNING],
  legalBasis: LegalBasis.LEGAL_BASIS_PUBLIC_INTEREST,
  personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_AGGREGATE,
  retentionDays: 365,
  onwardSharing: OnwardSharing.ONWARD_SHARING_PROHIBITED,
  precisionLimit: PlacePrecision.PLACE_PRECISION_POINT,
  namedActors: [],
  communityGroups: [],
  publicityAttestedBy: '',
  ...change,
});

const known = (value: number) => ({ state: CountState.COUNT_STATE_KNOWN, value: BigInt(value) }) as const;

/** Counts by nationality with their total. */
const byNationality = (counts: Readonly<Record<string, number>>): MovementTable => ({
  measure: Measure.MEASURE_ARRIVALS,
  population: Population.POPULATION_MIXED,
  quality: Quality.QUALITY_OBSERVED,
  mode: TransportMode.TRANSPORT_MODE_SEA,
  breakdown: Breakdown.BREAKDOWN_NATIONALITY,
  rows: Object.entries(counts).map(([key, value]) => ({ key, count: known(value) })),
  total: known(Object.values(counts).reduce((a, b) => a + b, 0)),
});

export const movement = (change: Partial<Update> & { readonly counts?: Readonly<Record<string, number>> } = {}): Update => {
  const { counts = { SYR: 120, AFG: 64 }, ...rest } = change;
  return {
    updateId: newId(),
    replacesVersion: 0,
    place: { country: 'ITA', adminCode: '', route: '', point: undefined },
    period: { start: new Date(Date.UTC(2026, 0, 1)), end: new Date(Date.UTC(2026, 1, 1)), granularity: Granularity.GRANULARITY_MONTH },
    content: { $case: 'movement', value: byNationality(counts) },
    ...rest,
  };
};

export const rescue = (change: Partial<Update> & { readonly counts?: Readonly<Record<string, number>> } = {}): Update => {
  const { counts = { SYR: 7, ERI: 4 }, ...rest } = change;
  return movement({
    content: {
      $case: 'rescue',
      value: {
        phase: RescuePhase.RESCUE_PHASE_UNDER_WAY,
        positionTime: new Date(START),
        position: { latitude: 35.1, longitude: 12.6 },
        breakdown: Breakdown.BREAKDOWN_NATIONALITY,
        people: Object.entries(counts).map(([key, value]) => ({ key, count: known(value) })),
        peopleTotal: known(Object.values(counts).reduce((a, b) => a + b, 0)),
        rescueCentre: 'MRCC',
        assets: ['boat'],
        placeOfSafety: undefined,
      },
    },
    ...rest,
  });
};

export const retraction = (updateId: string, replacesVersion: number): Update =>
  movement({ updateId, replacesVersion, content: { $case: 'retraction', value: { reason: 'counted twice' } } });

export const request = (owner: string, updates: readonly Update[], change: Partial<PublishRequest> & { readonly series?: string } = {}): PublishRequest => ({
  category: Category.CATEGORY_MOVEMENT,
  handling: handling(),
  updates,
  seenRevision: undefined,
  maskThreshold: 0,
  ...change,
  series: change.series?.includes('/') === true ? change.series : `agencies/${owner}/series/${seriesId(change.series ?? 'arrivals')}`,
});

/** The rows of a movement view, `key: count`. */
export function rowsOf(view: UpdateView | undefined): Readonly<Record<string, number | string>> {
  if (view?.content?.$case !== 'movement') return {};
  const { rows, total } = view.content.value;
  const told = (count: { readonly state: number; readonly value: bigint } | undefined): number | string =>
    count === undefined ? 'none' : count.state === CountState.COUNT_STATE_KNOWN ? Number(count.value) : count.state === CountState.COUNT_STATE_SUPPRESSED ? 'suppressed' : 'unknown';
  return { ...Object.fromEntries(rows.map(({ key, count }) => [key, told(count)])), total: told(total) };
}
