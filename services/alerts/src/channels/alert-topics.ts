import { every, type Documents } from '@corridor/documents';
import { partnerTopicName, type Consumer, type EventLog, type NewRecord, type PartnerTopics, type StoredRecord } from '@corridor/eventlog';
import { CorridorError, untilWritten, type AgencyId, type Clock, type Reason } from '@corridor/kernel';
import { TOPICS, type Report } from '@corridor/runtime';
import type { EarlyWarning } from '../application/early-warning.ts';
import type { AlertNews } from '../application/news.ts';
import type { AlertTopics } from '../application/set-alert-topics.ts';
import { Telling } from '../application/subscribe-alerts.ts';
import type { AlertChange } from '../domain/alert.ts';
import { Woken } from '../jobs/woken.ts';

/** How often the wishes of agencies are looked through for what another replica was told, ms. */
const LOOK_EVERY = 2000;

export interface AlertTopicsChannelDependencies {
  readonly early: EarlyWarning;
  readonly log: EventLog;
  readonly partnerTopics: PartnerTopics;
  readonly topics: Documents<AlertTopics>;
  readonly clock: Clock;
  readonly report: Report;
  newsOf(record: StoredRecord): Promise<AlertNews>;
  /** The record that delivers a change to an agency. */
  deliveryRecord(news: AlertNews, change: AlertChange, reader: AgencyId): NewRecord;
}

/** What one agency is sent. */
interface Serving {
  readonly topics: AlertTopics;
  readonly consumer: Consumer;
}

/**
 * The topics of agencies as a way out for alerts: appending is delivering. For each agency one group follows the alerts
 * topic, whose position moves only after what it lets out is in the agency's topic; a record that comes again has the
 * same id. Nothing that is RED goes this way.
 */
export class AlertTopicsChannel {
  readonly #deps: AlertTopicsChannelDependencies;
  readonly #serving = new Map<AgencyId, Serving>();
  readonly #failing = new Map<AgencyId, Reason>();
  readonly #stopping = new AbortController();
  readonly #looking: Woken;

  constructor(deps: AlertTopicsChannelDependencies) {
    this.#deps = deps;
    this.#looking = new Woken(deps.clock, () => this.#look());
  }

  start(): void {
    this.#looking.start();
  }

  /** Looks through the wishes at once. */
  wake(): void {
    this.#looking.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking.stop();
    await Promise.all([...this.#serving.values()].map(({ consumer }) => consumer.stop()));
  }

  /** Why an agency is not sent what it wishes; undefined while all are. */
  unwell(): string | undefined {
    for (const [agency, reason] of this.#failing) return `alerts do not reach ${partnerTopicName(agency)}: ${reason}`;
    return undefined;
  }

  async #look(): Promise<number> {
    try {
      await this.#lookThrough();
    } catch (error) {
      this.#deps.report('warn', 'alerts.topics-unread', { reason: CorridorError.from(error).reason });
    }
    return LOOK_EVERY;
  }

  async #lookThrough(): Promise<void> {
    for await (const { doc } of every(this.#deps.topics, 'all', { from: '' })) {
      const served = this.#serving.get(doc.agency);
      if (served !== undefined && JSON.stringify(served.topics) === JSON.stringify(doc)) continue;
      await served?.consumer.stop();
      this.#serving.delete(doc.agency);
      this.#failing.delete(doc.agency);
      if (doc.filter !== undefined) this.#serve(doc);
    }
  }

  #serve(topics: AlertTopics): void {
    const { filter, agency } = topics;
    if (filter === undefined) return;
    const telling = new Telling({ ...topics.setBy, inPerson: false }, filter, this.#deps.early);
    const consumer = this.#deps.log.consume(TOPICS.alerts.name, `alerts-to-${agency}`, (records) => this.#tell(records, topics, telling));
    this.#serving.set(agency, { topics, consumer });
    consumer.done.catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return;
      // Taken up again with the next look. That the agency has closed its topic is no failure.
      this.#serving.delete(agency);
      const { reason } = CorridorError.from(error);
      if (reason === 'NOT_FOUND') return;
      if (this.#failing.get(agency) !== reason) this.#deps.report('warn', 'alerts.topic-failed', { agency, reason });
      this.#failing.set(agency, reason);
    });
  }

  async #tell(records: readonly StoredRecord[], { agency, from }: AlertTopics, telling: Telling): Promise<void> {
    const { log, partnerTopics, clock, newsOf, deliveryRecord } = this.#deps;
    // What comes while the topic is closed is not filled in later.
    if (!(await partnerTopics.agencies()).includes(agency)) return;
    for (const record of records) {
      if (record.offset < (from[record.partition] ?? 0)) continue;
      const news = await newsOf(record);
      await untilWritten(
        async () => {
          await telling.tell(news, async (change) => {
            await log.append(partnerTopicName(agency), [deliveryRecord(news, change, agency)]);
          });
        },
        clock,
        this.#stopping.signal,
      );
    }
  }
}
