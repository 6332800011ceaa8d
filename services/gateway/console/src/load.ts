import { type Inputs, useEffect, useRef, useState } from 'preact/hooks';
import { Refusal } from './api/call.ts';

/** What a page waits for. */
export type Loaded<T> = { readonly state: 'loading' } | { readonly state: 'refused'; readonly refusal: Refusal } | { readonly state: 'ready'; readonly value: T };

/** A value that is loaded, how to load it again, and how to replace it by a newer one. */
export interface Load<T> {
  readonly loaded: Loaded<T>;
  again(): void;
  put(value: T): void;
}

/** Loads when the page is shown and whenever one of the inputs changes; what comes too late is dropped. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, inputs: Inputs): Load<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' });
  const [turn, setTurn] = useState(0);
  const inputsOfLoad = useRef<Inputs | undefined>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    // Loading again shows what is there until the new comes; other inputs ask for something else.
    if (inputsOfLoad.current !== undefined && inputsOfLoad.current.some((input, index) => input !== inputs[index])) setLoaded({ state: 'loading' });
    inputsOfLoad.current = inputs;
    load(leaving.signal).then(
      (value) => {
        if (!leaving.signal.aborted) setLoaded({ state: 'ready', value });
      },
      (error: unknown) => {
        if (!leaving.signal.aborted) setLoaded({ state: 'refused', refusal: Refusal.from(error) });
      },
    );
    return () => leaving.abort();
  }, [...inputs, turn]);
  return { loaded, again: () => setTurn((now) => now + 1), put: (value) => setLoaded({ state: 'ready', value }) };
}

/** Whether somebody can see the page; nothing is fetched for a page in the background. */
export function useVisible(): boolean {
  const [visible, setVisible] = useState(document.visibilityState === 'visible');
  useEffect(() => {
    const changed = (): void => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', changed);
    return () => document.removeEventListener('visibilitychange', changed);
  }, []);
  return visible;
}

/** Calls at an interval while the page is seen. */
export function useEvery(milliseconds: number, call: () => void): void {
  const visible = useVisible();
  const newest = useRef(call);
  newest.current = call;
  useEffect(() => {
    if (!visible) return undefined;
    const timer = setInterval(() => newest.current(), milliseconds);
    return () => clearInterval(timer);
  }, [visible, milliseconds]);
}

/** One page of a list, and where the next begins; '' at the end. */
export interface PageOf<T> {
  readonly items: readonly T[];
  readonly next: string;
}

/** A list read page by page. */
export interface Paged<T> {
  readonly loaded: Loaded<readonly T[]>;
  /** Reads one page more; undefined at the end, and while it is read. */
  readonly more: (() => void) | undefined;
  again(): void;
}

/** Reads the first page when shown, and further ones when asked to. */
export function usePaged<T>(read: (token: string, signal: AbortSignal) => Promise<PageOf<T>>, inputs: Inputs): Paged<T> {
  const { loaded, again, put } = useLoad((signal) => read('', signal), inputs);
  const [reading, setReading] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const readOn = ({ items, next }: PageOf<T>): void => {
    setReading(true);
    read(next, new AbortController().signal)
      .then((page) => put({ items: [...items, ...page.items], next: page.next }), (error: unknown) => setRefusal(Refusal.from(error)))
      .finally(() => setReading(false));
  };
  const retry = (): void => {
    setRefusal(undefined);
    again();
  };
  if (refusal !== undefined) return { loaded: { state: 'refused', refusal }, more: undefined, again: retry };
  if (loaded.state !== 'ready') return { loaded, more: undefined, again: retry };
  const { value } = loaded;
  return { loaded: { state: 'ready', value: value.items }, more: value.next === '' || reading ? undefined : () => readOn(value), again: retry };
}
