import { AccessEntry, AccessKind } from '@corridor/contracts/hub/v1/hub';
import type { DecisionRecord, PreviewRecord, ReadRecord } from '@corridor/contracts/hub/v1/record';
import { prefix, type Documents, type DocumentStore, type PagePosition } from '@corridor/documents';
import { recordEventOf } from '@corridor/entitlement';
import { consumeSteadily, type Consumer, type EventLog, type StoredRecord } from '@corridor/eventlog';
import { untilWritten, type AgencyId, type Clock } from '@corridor/kernel';
import { encode, parseSeriesName, parseUpdateName, positionTo, readEnvelope, seriesName, TOPICS, type Listed, type Report } from '@corridor/runtime';
import { Waits } from './waits.ts';

const TOPIC = TOPICS.record.name;
const GROUP = 'hub-access-log';

/** Fold of corridor.record.v1: for each owner who received, read, previewed or was refused which of its updates. */
export class AccessLog {
  readonly #log: EventLog;
  readonly #entries: Documents<AccessEntry>;
  readonly #clock: Clock;
  readonly #waits: Waits;
  readonly #stopping = new AbortController();
  #consumer: Consumer | undefined;

  private constructor(log: EventLog, entries: Documents<AccessEntry>, clock: Clock, report: Report) {
    this.#log = log;
    this.#entries = entries;
    this.#clock = clock;
    this.#waits = new Waits('access log', report);
  }

  static async open(store: DocumentStore, log: EventLog, clock: Clock, report: Report): Promise<AccessLog> {
    const entries = await store.collection<AccessEntry>({
      name: 'hub-access-log',
      encode: (doc) => encode(AccessEntry, doc),
      decode: (bytes) => AccessEntry.decode(bytes),
      indexes: { owner: (doc) => [`${parseSeriesName(doc.series, 'series').owner}/${(doc.time?.getTime() ?? 0).toString(16).padStart(12, '0')}`] },
    });
    return new AccessLog(log, entries, clock, report);
  }

  start(): Promise<void> {
    const { onWait } = this.#waits;
    const onBatch = async (records: readonly StoredRecord[]): Promise<void> => {
      await untilWritten(() => this.#fold(records), this.#clock, this.#stopping.signal, onWait);
      this.#waits.over();
    };
    this.#consumer = consumeSteadily(this.#log, TOPIC, GROUP, onBatch, { clock: this.#clock, onWait });
    return this.#consumer.done;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#consumer?.stop();
  }

  /** One page of an owner's entries, newest first. */
  async of(owner: AgencyId, after: PagePosition | undefined, size: number): Promise<Listed<AccessEntry>> {
    const page = await this.#entries.page('owner', prefix(`${owner}/`), after, size, 'descending');
    return { ...page, items: page.items.map(({ doc }) => doc) };
  }

  async #fold(records: readonly StoredRecord[]): Promise<void> {
    await this.#entries.putAll(
      records.flatMap((record) =>
        entriesOf(record).map((doc, i) => ({ kind: 'put', id: `${record.partition}/${record.offset.toString(16).padStart(12, '0')}/${i}`, doc })),
      ),
    );
  }
}

function entriesOf(record: StoredRecord): readonly AccessEntry[] {
  const { entry } = recordEventOf(record);
  const common = { time: readEnvelope(record).time, position: positionTo(record) };
  switch (entry?.$case) {
    case 'decision':
      return [{ ...common, ...ofDecision(entry.value) }];
    case 'read':
      return ofRead(entry.value).map((e) => ({ ...common, ...e }));
    case 'preview':
      return [{ ...common, ...ofPreview(entry.value) }];
    case 'windowOpen':
    case 'windowClose':
    case 'acknowledge':
    case 'partnerTopic':
    case 'partnerTopicCredential':
    case undefined:
      return [];
  }
}

type Told = Omit<AccessEntry, 'time' | 'position'>;

const ofDecision = ({ recipient, actor, purpose, series, allowed, reasons, revision }: DecisionRecord): Told => ({
  kind: allowed ? AccessKind.ACCESS_KIND_DELIVERY : AccessKind.ACCESS_KIND_REFUSAL,
  recipient,
  actor,
  series,
  update: '',
  purpose,
  reasons,
  revision,
});

function ofRead({ recipient, actor, purpose, updates, refused, reasons, revision }: ReadRecord): readonly Told[] {
  const told = (update: string, kind: AccessKind): Told => ({
    kind,
    recipient,
    actor,
    series: seriesName(parseUpdateName(update, 'update')),
    update,
    purpose,
    reasons,
    revision,
  });
  const shown = updates.map((update) => told(update, AccessKind.ACCESS_KIND_READ));
  return refused === '' ? shown : [...shown, told(refused, AccessKind.ACCESS_KIND_REFUSAL)];
}

const ofPreview = ({ owner, actor, series, revision }: PreviewRecord): Told => ({
  kind: AccessKind.ACCESS_KIND_PREVIEW,
  recipient: owner,
  actor,
  series,
  update: '',
  purpose: 0,
  reasons: [],
  revision,
});
