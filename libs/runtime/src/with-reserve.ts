import type { Documents, DocumentStore } from '@corridor/documents';
import { isPartnerTopic, type EventLog, type PartnerTopics } from '@corridor/eventlog';
import type { Reserve } from './reserve.ts';
import { TOPICS } from './topics.ts';

type Writes = Pick<Reserve, 'entitled' | 'yielding'>;

/** Updates, and what of them is appended for partners: with a full disk they wait. All else is what reading needs. */
const yields = (topic: string): boolean => topic === TOPICS.updates.name || isPartnerTopic(topic);

/** The log over a reserve of space: appends to topics that yield never use it, all others may. */
export function withReserve(log: EventLog, reserve: Writes): EventLog {
  return {
    topics: log.topics,
    append(topic, records) {
      const append = () => log.append(topic, records);
      return yields(topic) ? reserve.yielding(append) : reserve.entitled(append);
    },
    consume: (topic, group, onBatch, options) => log.consume(topic, group, onBatch, options),
    tail: (topic, from, options) => log.tail(topic, from, options),
    read: (topic, from, limit) => log.read(topic, from, limit),
    begin: (topic) => log.begin(topic),
    end: (topic) => log.end(topic),
    positions: (topic, group) => log.positions(topic, group),
    close: () => log.close(),
  };
}

/** Topics of partners over a reserve of space: who withdraws one makes space. */
export const partnerTopicsWithReserve = (topics: PartnerTopics, reserve: Writes): PartnerTopics => ({
  provision: (agency) => reserve.yielding(() => topics.provision(agency)),
  issueAccess: (agency) => topics.issueAccess(agency),
  bar: (agency) => topics.bar(agency),
  withdraw: (agency) => reserve.entitled(() => topics.withdraw(agency)),
  provisioned: (agency, signal) => topics.provisioned(agency, signal),
  agencies: () => topics.agencies(),
});

/** Documents over a reserve of space, which every write may use. */
export function documentsWithReserve(store: DocumentStore, reserve: Writes): DocumentStore {
  return {
    collection: async (spec) => entitled(await reserve.entitled(() => store.collection(spec)), reserve),
    close: () => store.close(),
  };
}

const entitled = <T>(documents: Documents<T>, reserve: Writes): Documents<T> => ({
  get: (id) => documents.get(id),
  getAll: (ids) => documents.getAll(ids),
  create: (id, doc, events) => reserve.entitled(() => documents.create(id, doc, events)),
  commit: (id, expected, next, events) => reserve.entitled(() => documents.commit(id, expected, next, events)),
  putAll: (writes) => reserve.entitled(() => documents.putAll(writes)),
  page: (index, range, after, limit, order) => documents.page(index, range, after, limit, order),
  present: (index, keys) => documents.present(index, keys),
  pending: (limit) => documents.pending(limit),
  published: (id, first, count) => reserve.entitled(() => documents.published(id, first, count)),
});
