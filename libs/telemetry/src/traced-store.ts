import type { Documents, DocumentStore, Pending, PendingEvent } from '@corridor/documents';
import { CorridorError } from '@corridor/kernel';
import { count, gauge, now, record, secondsSince } from './metrics.ts';
import { tracedWithin, type Running } from './spans.ts';
import { carrying } from './traced-log.ts';

/**
 * The same documents, watched. Each read and write of one who is traced is a span; the events of a write take it along as
 * the header `traceparent`, so that what follows from them, much later and elsewhere, is found.
 */
export function tracedStore(store: DocumentStore): DocumentStore {
  const stops: (() => void)[] = [];
  return {
    collection: async (spec) => tracedDocuments(spec.name, await store.collection(spec), stops),
    close: async () => {
      for (const stop of stops.splice(0)) stop();
      await store.close();
    },
  };
}

type Operation = 'store.read' | 'store.write';

function tracedDocuments<T>(collection: string, documents: Documents<T>, stops: (() => void)[]): Documents<T> {
  const labels = { 'corridor.collection': collection };
  const edge = async <R>(name: Operation, work: (span: Pick<Running<Operation>, 'traceparent'>) => Promise<R>): Promise<R> => {
    const began = now();
    try {
      const result = await tracedWithin(name, labels, work);
      record('corridor.store.duration', secondsSince(began), { ...labels, 'corridor.operation': name === 'store.read' ? 'read' : 'write' });
      return result;
    } catch (error) {
      count('corridor.store.failures', 1, { ...labels, 'corridor.reason': CorridorError.from(error).reason });
      throw error;
    }
  };
  const outbox = new Outbox(collection, stops);
  return {
    get: (id) => edge('store.read', () => documents.get(id)),
    getAll: (ids) => edge('store.read', () => documents.getAll(ids)),
    create: (id, doc, events) => edge('store.write', ({ traceparent }) => documents.create(id, doc, marked(events, traceparent))),
    commit: (id, expected, next, events) => edge('store.write', ({ traceparent }) => documents.commit(id, expected, next, marked(events, traceparent))),
    putAll: (writes) => edge('store.write', () => documents.putAll(writes)),
    page: (index, range, after, limit, order) => edge('store.read', () => documents.page(index, range, after, limit, order)),
    present: (index, keys) => edge('store.read', () => documents.present(index, keys)),
    pending: async (limit) => outbox.saw(await edge('store.read', () => documents.pending(limit))),
    published: (id, first, events) => edge('store.write', () => documents.published(id, first, events)),
  };
}

const marked = (events: readonly PendingEvent[] | undefined, traceparent: string | undefined): readonly PendingEvent[] | undefined =>
  traceparent === undefined ? events : events?.map((event) => carrying(event, traceparent));

/** The age of what waits to be published, by what its relay saw last: a relay that is stuck sees it grow old. */
class Outbox {
  readonly #collection: string;
  readonly #stops: (() => void)[];
  #isWatched = false;
  /** When the oldest of what waits was committed, milliseconds since the epoch. */
  #oldest: number | undefined;

  constructor(collection: string, stops: (() => void)[]) {
    this.#collection = collection;
    this.#stops = stops;
  }

  saw(pending: readonly Pending[]): readonly Pending[] {
    this.#watch();
    this.#oldest = undefined;
    for (const { events } of pending) {
      const time = Date.parse(events[0]?.headers['ce_time'] ?? '');
      if (time < (this.#oldest ?? Number.POSITIVE_INFINITY)) this.#oldest = time;
    }
    return pending;
  }

  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    const labels = { 'corridor.collection': this.#collection };
    this.#stops.push(gauge('corridor.outbox.age', () => [{ value: this.#oldest === undefined ? 0 : Math.max(0, Date.now() - this.#oldest) / 1000, labels }]));
  }
}
