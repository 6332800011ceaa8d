import { useEffect, useState } from 'preact/hooks';

/** Where the reader is: the part of the address after `#`. */
export interface Route {
  /** `#/alerts/7` -> ['alerts', '7'] */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** What every page is given. */
export interface PageProps {
  readonly route: Route;
  /** The second part of the address: the id of an alert; '' on the page that lists them. */
  readonly id: string;
}

/** Reads the part of an address after `#`. What cannot be read leads nowhere. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').filter((step) => step !== '').map(decoded), query: new URLSearchParams(query) };
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** The address of a page. */
export function hrefOf(path: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const said = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${said === '' ? '' : `?${said}`}`;
}

/** Replaces what the address asks for, without a step in the history. */
export function replaceQuery({ path }: Route, query: Readonly<Record<string, string>>): void {
  history.replaceState(null, '', hrefOf(path, query));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Where the reader is, also after the next step. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const moved = (): void => setHash(location.hash);
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return routeOf(hash);
}
