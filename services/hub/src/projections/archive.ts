import { ArchivedMasks, ArchivedRecord } from '@corridor/contracts/hub/v1/archive';
import { Envelope, type Sealed } from '@corridor/contracts/common/v1/envelope';
import { decodeMask, encodeMask, type Mask } from '@corridor/disclosure';
import { prefix, type Documents, type DocumentStore, type PagePosition } from '@corridor/documents';
import { CorridorError, fromUtf8, utf8, type AgencyId, type SeriesId } from '@corridor/kernel';
import { encode, sealedFor, type DataKey, type DataKeys } from '@corridor/runtime';
import {
  asEarlier,
  classGroups,
  type EarlierVersion,
  type FoldedRecord,
  type FoldedUpdate,
  type ReadableRecord,
  type VersionOfReport,
} from '../domain/folded-record.ts';
import { reportKey } from '../domain/report.ts';
import type { ThreadHead, VersionPlace } from '../domain/thread.ts';
import { decodeBatch } from '../events.ts';

/** A folded record together with what it was folded from. */
export interface ToArchive {
  readonly record: ReadableRecord;
  readonly envelope: Uint8Array;
  readonly key: DataKey;
}

/** One version of a report, by the report's key. */
interface ReportVersion {
  readonly report: string;
  readonly version: number;
}

export interface FoldPosition {
  /** Per partition the next offset to be folded. */
  readonly offsets: readonly number[];
  /** The highest time at the start of an id that was ever seen, ms. */
  readonly newestId: number;
}

/** The version that a key of the index `report` ends with. */
const versionOf = (report: string, key: string): number => Number(key.slice(report.length + 1));

/** Where the version of a report behind a key of the index `report` stands. */
function placeOf(doc: ArchivedRecord, report: string, key: string): VersionPlace {
  const id = report.slice(report.lastIndexOf('/') + 1);
  const version = versionOf(report, key);
  return {
    partition: doc.position?.partition ?? 0,
    offset: Number(doc.position?.offset ?? 0n),
    index: doc.outcomes.findIndex((o) => o.updateId === id && o.version === version),
  };
}

const versionKey = (report: string, version: number): string => `${report}/${String(version).padStart(7, '0')}`;
const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
/** The id of an archived record: in byte order of (partition, offset). */
const recordId = (partition: number, offset: number): string => `${hex(partition, 2)}/${hex(offset, 12)}`;
const timeKey = (time: number): string => hex(time, 12);

/** How many records are read at a time when a report's versions are collected. */
const VERSIONS_PAGE = 100;
/** The newest version is nearly always the one that is looked for. */
const HEADS_PAGE = 4;
const POSITION = 'updates';

/** Every update for good: what is older than the log, and what readers ask for. */
export class Archive {
  readonly #records: Documents<ArchivedRecord>;
  readonly #positions: Documents<FoldPosition>;
  readonly #keys: DataKeys;

  private constructor(records: Documents<ArchivedRecord>, positions: Documents<FoldPosition>, keys: DataKeys) {
    this.#records = records;
    this.#positions = positions;
    this.#keys = keys;
  }

  static async open(store: DocumentStore, keys: DataKeys): Promise<Archive> {
    const records = await store.collection<ArchivedRecord>({
      name: 'hub-archive',
      encode: (doc) => encode(ArchivedRecord, doc),
      decode: (bytes) => ArchivedRecord.decode(bytes),
      indexes: {
        report: (doc) =>
          doc.outcomes
            .filter((o) => o.version > 0)
            .map((o) => versionKey(`${doc.owner}/${doc.series}/${o.updateId}`, o.version)),
        time: (doc) => [timeKey(Number(doc.timeMs))],
        series: (doc) => [`${doc.owner}/${doc.series}/${timeKey(Number(doc.timeMs))}`],
      },
    });
    const positions = await store.collection<FoldPosition>({
      name: 'hub-fold-positions',
      encode: (doc) => utf8(JSON.stringify(doc)),
      decode: parsePosition,
      indexes: {},
    });
    return new Archive(records, positions, keys);
  }

  /** How far the archive has come; undefined when it is new. */
  async position(): Promise<FoldPosition | undefined> {
    return (await this.#positions.get(POSITION))?.doc;
  }

  /** Writes records, whatever is there already. */
  async write(entries: readonly ToArchive[]): Promise<void> {
    await this.#records.putAll(
      entries.map(({ record, envelope, key }) => ({
        kind: 'put',
        id: recordId(record.partition, record.offset),
        doc: archived(record, envelope, key),
      })),
    );
  }

  /** Writes how far the fold has come, after the records: it may lag and never lead. */
  async reach(position: FoldPosition): Promise<void> {
    await this.#positions.putAll([{ kind: 'put', id: POSITION, doc: position }]);
  }

  /** Records of a partition from `offset` on, ascending, at most `limit`; fewer at the end of what is archived. */
  async stored(partition: number, offset: number, limit: number): Promise<readonly FoldedRecord[]> {
    const ids = Array.from({ length: limit }, (_, i) => recordId(partition, offset + i));
    const docs = await this.#records.getAll(ids);
    return Promise.all(docs.map(({ doc }) => this.#load(doc)));
  }

  /**
   * The head of a report; undefined when the archive has none of it.
   * @param before only versions below this offset count: a record that is folded again (after a crash, or by another
   * replica) must not meet itself and what came after it.
   */
  async head(report: string, before = Number.POSITIVE_INFINITY): Promise<ThreadHead | undefined> {
    let after: PagePosition | undefined;
    do {
      const page = await this.#records.page('report', prefix(`${report}/`), after, HEADS_PAGE, 'descending');
      for (const { doc, key } of page.items) {
        const at = placeOf(doc, report, key);
        if (at.offset < before) return { version: versionOf(report, key), at };
      }
      after = page.next;
    } while (after !== undefined);
    return undefined;
  }

  /** Those of these versions of reports that are the newest as far as it is archived: versions are archived in their order, without gaps. */
  async newestOf<V extends ReportVersion>(versions: readonly V[]): Promise<readonly V[]> {
    const next = ({ report, version }: ReportVersion): string => versionKey(report, version + 1);
    const there = await this.#records.present('report', versions.map(next));
    return versions.filter((version) => !there.has(next(version)));
  }

  /** The newest version of a report as far as it is archived; `gone` when its key was destroyed. */
  async current(report: string): Promise<VersionOfReport | 'gone' | undefined> {
    const head = await this.head(report);
    if (head === undefined) return undefined;
    const [record] = await this.stored(head.at.partition, head.at.offset, 1);
    return record?.kind === 'readable' ? { record, index: head.at.index } : 'gone';
  }

  /** The versions of a report below `version`, oldest first; `gone` when one of them cannot be read any more. */
  async earlier(report: string, version: number): Promise<readonly EarlierVersion[] | 'gone'> {
    const range = { from: versionKey(report, 1), to: versionKey(report, version) };
    const versions: EarlierVersion[] = [];
    let after: PagePosition | undefined;
    do {
      const page = await this.#records.page('report', range, after, VERSIONS_PAGE);
      for (const { doc, key } of page.items) {
        const opened = await this.#open(Envelope.decode(doc.envelope));
        if (opened === 'gone') return 'gone';
        const batch = decodeBatch(opened.clear);
        const at = placeOf(doc, report, key);
        const update = batch.updates[at.index];
        if (update === undefined) return 'gone';
        versions.push(asEarlier({ ...at, time: Number(doc.timeMs) }, batch, update, at.index));
      }
      after = page.next;
    } while (after !== undefined);
    return versions.length === version - 1 ? versions : 'gone';
  }

  /** Records by time of publication, newest first: of all series or of one, behind `after`. */
  async newest(
    series: { readonly owner: AgencyId; readonly series: SeriesId } | undefined,
    after: PagePosition | undefined,
    limit: number,
  ): Promise<{ readonly records: readonly { readonly record: FoldedRecord; readonly at: PagePosition }[]; readonly next?: PagePosition }> {
    const page =
      series === undefined
        ? await this.#records.page('time', { from: '0' }, after, limit, 'descending')
        : await this.#records.page('series', prefix(`${series.owner}/${series.series}/`), after, limit, 'descending');
    const records = await Promise.all(
      page.items.map(async ({ doc, key, id }) => ({ record: await this.#load(doc), at: { key, id } })),
    );
    return page.next === undefined ? { records } : { records, next: page.next };
  }

  /** The record at a position that `newest` gave; undefined when it is no longer there. */
  async at({ key, id }: PagePosition): Promise<{ readonly record: FoldedRecord; readonly at: PagePosition } | undefined> {
    const stored = await this.#records.get(id);
    return stored === undefined ? undefined : { record: await this.#load(stored.doc), at: { key, id } };
  }

  async #load(doc: ArchivedRecord): Promise<FoldedRecord> {
    const envelope = Envelope.decode(doc.envelope);
    const place = {
      partition: doc.position?.partition ?? 0,
      offset: Number(doc.position?.offset ?? 0n),
      id: envelope.id,
      time: Number(doc.timeMs),
      size: doc.envelope.length,
    };
    const opened = await this.#open(envelope);
    if (opened === 'gone') return { kind: 'gone', ...place };
    const batch = decodeBatch(opened.clear);
    const masks = doc.masks === undefined ? [] : ArchivedMasks.decode(opened.key.open(doc.masks, masksFor(envelope))).masks;
    const updates: FoldedUpdate[] = [];
    for (const [i, update] of batch.updates.entries()) {
      const version = doc.outcomes[i]?.version ?? 0;
      const mask = masks[i];
      updates.push({
        update,
        outcome: version > 0 ? { kind: 'accepted', version } : { kind: 'lost', reason: 'ALREADY_EXISTS' },
        earlier: version > 1 ? await this.earlier(reportKey(batch.owner, batch.series, update.id), version) : [],
        ...(update.content.kind === 'movement' ? { mask: mask === undefined || mask.length === 0 ? OPEN : decodeMask(mask) } : {}),
      });
    }
    return { kind: 'readable', ...place, keyId: opened.key.id, batch, updates, groups: classGroups(batch, updates) };
  }

  async #open(envelope: Envelope): Promise<{ readonly clear: Uint8Array; readonly key: DataKey } | 'gone'> {
    if (envelope.body?.$case !== 'sealed') throw new CorridorError('DATABASE_DAMAGED', 'an archived record is not sealed');
    return openSealed(this.#keys, envelope.body.value, sealedFor(envelope));
  }
}

/** Opens sealed bytes; `gone` when their key was destroyed. */
export async function openSealed(
  keys: DataKeys,
  sealed: Sealed,
  additionalData: Uint8Array,
): Promise<{ readonly clear: Uint8Array; readonly key: DataKey } | 'gone'> {
  try {
    const key = keys.loaded(sealed.keyId) ?? (await keys.load(sealed.keyId));
    return { clear: key.open(sealed, additionalData), key };
  } catch (error) {
    if (isDestroyed(error)) return 'gone';
    throw error;
  }
}

const isDestroyed = (error: unknown): boolean => error instanceof CorridorError && error.reason === 'KEY_DESTROYED';

const OPEN: Mask = { form: 'open', hidden: [], sum: false, total: true };
const isOpen = (mask: Mask | undefined): boolean => mask === undefined || (mask.form === 'open' && mask.hidden.length === 0 && !mask.sum && mask.total);

const masksFor = ({ id, type, subject }: Pick<Envelope, 'id' | 'type' | 'subject'>): Uint8Array =>
  sealedFor({ id, type: `${type}.masks`, subject });

function archived(record: ReadableRecord, envelope: Uint8Array, key: DataKey): ArchivedRecord {
  const { owner, series } = record.batch;
  const hides = record.updates.some((u) => !isOpen(u.mask));
  const identity = { id: record.id, type: 'corridor.hub.v1.UpdateBatch', subject: `${owner}/${series}` };
  return {
    position: { partition: record.partition, offset: BigInt(record.offset) },
    envelope: Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength),
    owner,
    series,
    timeMs: BigInt(record.time),
    outcomes: record.updates.map(({ update, outcome }) => ({
      updateId: update.id,
      version: outcome.kind === 'accepted' ? outcome.version : 0,
    })),
    masks: hides ? sealedMasks(masksOf(record), key, masksFor(identity)) : undefined,
  };
}

const masksOf = ({ updates }: ReadableRecord): Uint8Array =>
  encode(ArchivedMasks, {
    masks: updates.map(({ mask }) => Buffer.from(mask === undefined || isOpen(mask) ? [] : encodeMask(mask))),
  });

/** Unset when the key was destroyed meanwhile: then nobody reads what the masks belong to. */
function sealedMasks(masks: Uint8Array, key: DataKey, additionalData: Uint8Array): Sealed | undefined {
  try {
    return key.seal(masks, additionalData);
  } catch (error) {
    if (isDestroyed(error)) return undefined;
    throw error;
  }
}

function parsePosition(bytes: Uint8Array): FoldPosition {
  const value: unknown = JSON.parse(fromUtf8(bytes));
  if (typeof value === 'object' && value !== null && 'offsets' in value && 'newestId' in value) {
    const { offsets, newestId } = value;
    if (Array.isArray(offsets) && offsets.every((o): o is number => Number.isSafeInteger(o)) && typeof newestId === 'number') {
      return { offsets, newestId };
    }
  }
  throw new CorridorError('DATABASE_DAMAGED', 'the position of the archive cannot be read');
}
