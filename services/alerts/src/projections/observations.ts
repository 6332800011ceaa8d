import { changeAll, every, prefix, storedJson, type Documents, type DocumentStore } from '@corridor/documents';
import { agencyId, seriesId, uuid, type AgencyId, type Clock } from '@corridor/kernel';
import { retentionMonth } from '@corridor/policy';
import { sealedCollection, SealedDocuments, type DataKeys, type SealedSpec } from '@corridor/runtime';
import type { Observations, TakenReport } from '../application/observations.ts';
import { numberKey, seriesKey, timeKey } from '../application/stored.ts';
import { OBSERVATIONS } from '../domain/rule.ts';
import { isObservation, numberOf, speaking, trackKey, type Observation, type Report, type SeriesRef, type Track } from '../domain/observation.ts';

/** How many expired reports are forgotten at a time. */
const AT_ONCE = 500;

const idOf = ({ owner, series, report }: Pick<Report, 'owner' | 'series' | 'report'>): string => `${owner}/${series}/${report}`;
const trackPrefix = (track: Track): string => `${trackKey(track)}/`;

/** Reports that an agency has received. */
const storedReports = (agency: AgencyId): SealedSpec<TakenReport> => ({
  name: 'alerts.observations',
  ...storedJson<TakenReport>(),
  indexes: {
    track: ({ report }) => (isObservation(report) ? [trackPrefix(report.track) + numberKey(numberOf(report))] : []),
    expires: ({ report }) => [timeKey(report.expiresAt)],
  },
  keyOf: ({ report }) => ({ owner: agency, series: OBSERVATIONS, month: retentionMonth(report.expiresAt, 0) }),
  gone: forgotten,
});

/** What is left of a report whose key was destroyed: nothing, in a version that is older than any. */
function forgotten(id: string): TakenReport {
  const [owner = '', series = '', report = ''] = id.split('/');
  return { report: { owner: agencyId(owner), series: seriesId(series), report: uuid(report), version: 0, publishedAt: 0, expiresAt: 0 }, takenAt: 0 };
}

/** Fold of what the early-warning agency receives: the newest version of each report. */
export class StoredObservations implements Observations {
  readonly #reports: Documents<TakenReport>;
  readonly #clock: Clock;

  private constructor(reports: Documents<TakenReport>, clock: Clock) {
    this.#reports = reports;
    this.#clock = clock;
  }

  static async open(store: DocumentStore, keys: DataKeys, agency: AgencyId, clock: Clock): Promise<StoredObservations> {
    const spec = storedReports(agency);
    return new StoredObservations(new SealedDocuments(await store.collection(sealedCollection(spec)), spec, keys), clock);
  }

  async take(reports: readonly Report[]): Promise<readonly TakenReport[]> {
    const of = Map.groupBy(reports, idOf);
    const there = await changeAll(this.#reports, [...of.keys()], (known, id) => (of.get(id) ?? []).reduce((newest, report) => this.#newest(report, newest), known));
    return [...there].filter(([id, { report: { version } }]) => of.get(id)?.some((report) => report.version >= version)).map(([, doc]) => doc);
  }

  async window(track: Track, from: number, to: number): Promise<ReadonlyMap<number, Observation>> {
    const start = trackPrefix(track);
    const reports: Observation[] = [];
    for await (const { doc } of every(this.#reports, 'track', { from: start + numberKey(from), to: start + numberKey(to + 1) })) {
      if (isObservation(doc.report)) reports.push(doc.report);
    }
    return byNumber(reports, this.#clock.now());
  }

  async *tracks(series: SeriesRef): AsyncGenerator<{ readonly track: Track; readonly observed: ReadonlyMap<number, Observation> }, void, undefined> {
    let reports: Observation[] = [];
    for await (const { doc } of every(this.#reports, 'track', prefix(seriesKey(series)))) {
      if (!isObservation(doc.report)) continue;
      const [first] = reports;
      if (first !== undefined && trackKey(first.track) !== trackKey(doc.report.track)) {
        yield { track: first.track, observed: byNumber(reports, this.#clock.now()) };
        reports = [];
      }
      reports.push(doc.report);
    }
    const [first] = reports;
    if (first !== undefined) yield { track: first.track, observed: byNumber(reports, this.#clock.now()) };
  }

  async forgetExpired(): Promise<number> {
    let forgotten = 0;
    for (;;) {
      const { items } = await this.#reports.page('expires', { from: '', to: timeKey(this.#clock.now() + 1) }, undefined, AT_ONCE);
      if (items.length === 0) return forgotten;
      await this.#reports.putAll(items.map(({ id }) => ({ kind: 'delete', id })));
      forgotten += items.length;
    }
  }

  #newest(report: Report, known: TakenReport | undefined): TakenReport {
    if (known !== undefined && known.report.version >= report.version) return known;
    const stood = known === undefined ? undefined : isObservation(known.report) ? { track: known.report.track, period: known.report.period } : known.before;
    return { report, takenAt: this.#clock.now(), ...(stood === undefined ? {} : { before: stood }) };
  }
}

/** What speaks for each period among reports that may still be kept, ascending. */
function byNumber(reports: readonly Observation[], now: number): ReadonlyMap<number, Observation> {
  const periods = Map.groupBy(
    reports.filter(({ expiresAt }) => expiresAt > now),
    numberOf,
  );
  const observed = new Map<number, Observation>();
  for (const [number, those] of [...periods].toSorted(([a], [b]) => a - b)) {
    const one = speaking(those);
    if (one !== undefined) observed.set(number, one);
  }
  return observed;
}
