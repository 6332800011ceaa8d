import type { EventLog, StoredRecord } from '@corridor/eventlog';
import type { Uuid } from '@corridor/kernel';
import { readEnvelope, TOPICS } from '@corridor/runtime';
import type { AlertLog, AlertNews } from '../application/news.ts';
import { parseAlertName } from '../rpc/names.ts';

const TOPIC = TOPICS.alerts.name;
/** How many records of a partition are looked back over: a relay repeats what a crash left in doubt, and that is little. */
const LOOKED_BACK = 100;

/** The alerts topic as those read it who tell others of it. */
export class TopicOfAlerts implements AlertLog {
  readonly partitions = TOPICS.alerts.partitions;
  readonly #log: EventLog;
  readonly #newsOf: (record: StoredRecord) => Promise<AlertNews>;

  /** @param newsOf opens a record */
  constructor(log: EventLog, newsOf: (record: StoredRecord) => Promise<AlertNews>) {
    this.#log = log;
    this.#newsOf = newsOf;
  }

  end(): Promise<readonly number[]> {
    return this.#log.end(TOPIC);
  }

  async versionsBefore(offsets: readonly number[]): Promise<ReadonlyMap<Uuid, number>> {
    const begin = await this.#log.begin(TOPIC);
    const versions = new Map<Uuid, number>();
    for (const [partition, end] of offsets.entries()) {
      const offset = Math.max(begin[partition] ?? 0, end - LOOKED_BACK);
      const records = offset < end ? await this.#log.read(TOPIC, { partition, offset }, end - offset) : [];
      for (const record of records) {
        const { subject, version } = readEnvelope(record);
        if (!subject.startsWith('alerts/')) continue;
        const alert = parseAlertName(subject, 'subject');
        versions.set(alert, Math.max(Number(version), versions.get(alert) ?? 0));
      }
    }
    return versions;
  }

  async *follow(from: readonly number[], signal: AbortSignal): AsyncGenerator<AlertNews, void, undefined> {
    for await (const records of this.#log.tail(TOPIC, from, { signal })) {
      for (const record of records) yield await this.#newsOf(record);
    }
  }
}
