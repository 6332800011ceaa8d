import type { EventLog, StoredRecord } from '@corridor/eventlog';
import { TOPICS } from '@corridor/runtime';
import type { AlertLog, AlertNews } from '../application/news.ts';

const TOPIC = TOPICS.alerts.name;

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

  async *follow(from: readonly number[], signal: AbortSignal): AsyncGenerator<AlertNews, void, undefined> {
    for await (const records of this.#log.tail(TOPIC, from, { signal })) {
      for (const record of records) yield await this.#newsOf(record);
    }
  }
}
