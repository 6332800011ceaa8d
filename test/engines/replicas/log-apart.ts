import type { EventLog, StoredRecord } from '@corridor/eventlog';
import { isPartnerTopic } from '@corridor/eventlog';
import { CONSENTS_TOPIC, REGISTRY_TOPIC } from '@corridor/runtime';

/** What holds back the policy topics at one replica while their ends still answer. */
export class Gate {
  #open = Promise.withResolvers<void>();

  constructor() {
    this.#open.resolve();
  }

  hold(): void {
    this.#open = Promise.withResolvers<void>();
  }

  release(): void {
    this.#open.resolve();
  }

  get opened(): Promise<void> {
    return this.#open.promise;
  }
}

/**
 * A log of a test of its own on a broker that others use too: its topics have the test's prefix there, those of partners
 * excepted, and the names of the topic table here.
 */
export function logApart(log: EventLog, prefix: string, gate: Gate): EventLog {
  const there = (topic: string): string => (isPartnerTopic(topic) ? topic : prefix + topic);
  const here = (record: StoredRecord): StoredRecord => (record.topic.startsWith(prefix) ? { ...record, topic: record.topic.slice(prefix.length) } : record);
  return {
    topics: log.topics.map((spec) => ({ ...spec, name: spec.name.slice(prefix.length) })),
    append: (topic, records) => log.append(there(topic), records),
    consume: (topic, group, onBatch, options) => log.consume(there(topic), group, (records) => onBatch(records.map(here)), options),
    async *tail(topic, from, options) {
      for await (const records of log.tail(there(topic), from, options)) {
        if (topic === REGISTRY_TOPIC || topic === CONSENTS_TOPIC) await gate.opened;
        yield records.map(here);
      }
    },
    read: async (topic, from, limit) => (await log.read(there(topic), from, limit)).map(here),
    begin: (topic) => log.begin(there(topic)),
    end: (topic) => log.end(there(topic)),
    positions: (topic, group) => log.positions(there(topic), group),
    close: () => log.close(),
  };
}
