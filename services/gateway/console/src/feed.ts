import { type Dispatch, useEffect, useState } from 'preact/hooks';
import { type Alert, alertDelivery, type AlertQuery, getAlert, listAlerts, statusOf } from './api/alerts.ts';
import { Refusal } from './api/call.ts';
import { openStream, type StreamReader } from './api/stream.ts';
import { listUpdates, type Update, updatesIn } from './api/updates.ts';
import type { CapStatusName, PurposeName } from './api/vocabulary.ts';
import { type Load, type Loaded, useLoad, useVisible } from './load.ts';

/** A list that grows while it is looked at. */
export interface Feed<T> {
  readonly loaded: Loaded<readonly T[]>;
  /** Whether what is new arrives by itself. */
  readonly live: boolean;
  /** Loads what is older; undefined when there is nothing older, or nothing more is kept. */
  readonly older: (() => void) | undefined;
  again(): void;
}

/** What is kept of a feed; a longer one is read by its filters. */
const MOST = 5000;
/** After how long a stream that broke for good is begun anew. */
const RETRY_MS = 15_000;

interface Source<T> {
  readonly page: (token: string, signal: AbortSignal) => Promise<{ readonly items: readonly T[]; readonly next: string }>;
  readonly listen: (take: (items: readonly T[]) => void, connected: (live: boolean) => void, ended: (why: Refusal) => void) => { close(): void };
  readonly merge: (known: readonly T[], news: readonly T[]) => readonly T[];
  /** How many pages are read at once. */
  readonly pagesAtOnce: number;
}

/** Listens first and lists then, so that nothing falls between the two. */
function useFeed<T>(source: Source<T>, key: string): Feed<T> {
  const [loaded, setLoaded] = useState<Loaded<readonly T[]>>({ state: 'loading' });
  const [live, setLive] = useState(false);
  const [next, setNext] = useState('');
  const [turn, setTurn] = useState(0);
  const visible = useVisible();

  useEffect(() => setLoaded({ state: 'loading' }), [key]);
  useEffect(() => {
    if (!visible) return undefined;
    const leaving = new AbortController();
    let early: readonly T[] = [];
    let listed = false;
    const take = (items: readonly T[]): void => {
      if (listed) merge(setLoaded, source, items);
      else early = source.merge(early, items);
    };
    const refuse = (refusal: Refusal): void => {
      if (!leaving.signal.aborted) setLoaded({ state: 'refused', refusal });
    };
    let retry: ReturnType<typeof setTimeout> | undefined;
    const stream = source.listen(take, setLive, (why) => {
      if (why.message !== '') refuse(why);
      // A stream that could not even begin says nothing; the list, when it is read again, says why.
      else retry = setTimeout(() => setTurn((now) => now + 1), RETRY_MS);
    });
    readPages(source, '', leaving.signal).then(({ items, next: token }) => {
      if (leaving.signal.aborted) return;
      listed = true;
      setLoaded({ state: 'ready', value: source.merge(items, early) });
      setNext(token);
    }, (error: unknown) => refuse(Refusal.from(error)));
    return () => {
      leaving.abort();
      clearTimeout(retry);
      stream.close();
      setLive(false);
    };
  }, [key, visible, turn]);

  const readOlder = (): void => {
    const from = next;
    setNext('');
    readPages(source, from, new AbortController().signal).then(
      ({ items, next: token }) => {
        merge(setLoaded, source, items);
        setNext(token);
      },
      (error: unknown) => setLoaded({ state: 'refused', refusal: Refusal.from(error) }),
    );
  };
  const full = loaded.state === 'ready' && loaded.value.length >= MOST;
  return { loaded, live, older: next === '' || full ? undefined : readOlder, again: () => setTurn((now) => now + 1) };
}

function merge<T>(setLoaded: Dispatch<(now: Loaded<readonly T[]>) => Loaded<readonly T[]>>, source: Source<T>, items: readonly T[]): void {
  setLoaded((now) => (now.state === 'ready' ? { state: 'ready', value: source.merge(now.value, items).slice(0, MOST) } : now));
}

async function readPages<T>({ page, pagesAtOnce }: Source<T>, from: string, signal: AbortSignal): Promise<{ readonly items: readonly T[]; readonly next: string }> {
  const items: T[] = [];
  let next = from;
  for (let read = 0; read < pagesAtOnce; read += 1) {
    const { items: more, next: token } = await page(next, signal);
    items.push(...more);
    next = token;
    if (next === '') break;
  }
  return { items, next };
}

/** The newest version of each report, the latest published first. */
function mergeUpdates(known: readonly Update[], news: readonly Update[]): readonly Update[] {
  const newest = new Map(known.map((update) => [update.name, update]));
  for (const update of news) if (update.version >= (newest.get(update.name)?.version ?? 0)) newest.set(update.name, update);
  return [...newest.values()].toSorted((a, b) => b.publishTime - a.publishTime || (b.period?.start ?? 0) - (a.period?.start ?? 0) || (a.name < b.name ? -1 : 1));
}

/** The updates that the signed-in agency may see for a purpose. */
export const useUpdates = (purpose: PurposeName, category: string, { pagesAtOnce = 1, pageSize = 100 } = {}): Feed<Update> =>
  useFeed(
    {
      page: async (token, signal) => {
        const { updates, nextPageToken } = await listUpdates(purpose, category, token, pageSize, signal);
        return { items: updates, next: nextPageToken };
      },
      listen: (take, connected, ended) =>
        openStream('hub/subscribe', { purpose, 'filter.categories': category, from: 'SUBSCRIBE_FROM_NOW' }, updatesIn, { take, connected, ended }),
      merge: mergeUpdates,
      pagesAtOnce,
    },
    `${purpose} ${category}`,
  );

/** The newest version of each alert that the query asks for, the latest raised first. */
const mergeAlerts =
  ({ states, statuses }: AlertQuery) =>
  (known: readonly Alert[], news: readonly Alert[]): readonly Alert[] => {
    const newest = new Map(known.map((alert) => [alert.name, alert]));
    for (const alert of news) if (alert.version >= (newest.get(alert.name)?.version ?? 0)) newest.set(alert.name, alert);
    const asked = ({ state, ...alert }: Alert): boolean =>
      (states.length === 0 ? state !== 'ALERT_STATE_DRAFT' : states.includes(state)) && (statuses.length === 0 ? ['CAP_STATUS_ACTUAL'] : statuses).includes(statusOf({ state, ...alert }));
    return [...newest.values()].filter(asked).toSorted((a, b) => (b.raiseTime ?? 0) - (a.raiseTime ?? 0) || (a.name < b.name ? -1 : 1));
  };

/** The alerts that the signed-in agency may see. */
export const useAlerts = (query: AlertQuery): Feed<Alert> =>
  useFeed(
    {
      page: async (token, signal) => {
        const { alerts, nextPageToken } = await listAlerts(query, token, signal);
        return { items: alerts, next: nextPageToken };
      },
      listen: (take, connected, ended) => listenToAlerts(query.statuses, { take: (alert) => take([alert]), connected, ended }),
      merge: mergeAlerts(query),
      pagesAtOnce: 1,
    },
    JSON.stringify(query),
  );

const listenToAlerts = (statuses: readonly CapStatusName[], { take, connected, ended }: StreamReader<Alert>): { close(): void } =>
  openStream('alerts/subscribe-alerts', { 'filter.statuses': statuses, from: 'SUBSCRIBE_ALERTS_FROM_NOW' }, alertDelivery, { take: ({ alert }) => take(alert), connected, ended });

/** One alert, as it is and as it becomes while it is looked at. */
export function useAlert(name: string): Load<Alert> {
  const load = useLoad((signal) => getAlert(name, signal), [name]);
  const visible = useVisible();
  useEffect(() => {
    if (!visible) return undefined;
    const reader = { take: (alert: Alert) => alert.name === name && load.put(alert), connected: () => undefined, ended: () => undefined };
    const stream = listenToAlerts(['CAP_STATUS_ACTUAL', 'CAP_STATUS_EXERCISE', 'CAP_STATUS_TEST'], reader);
    return () => stream.close();
  }, [name, visible]);
  return load;
}
