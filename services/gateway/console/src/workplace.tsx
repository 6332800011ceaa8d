import type { ComponentType, JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Refusal } from './api/call.ts';
import { idOf } from './api/common.ts';
import { agencyNames, placeNames } from './api/registry.ts';
import { type Session, signOut } from './api/session.ts';
import { type Seat, SeatContext, useSpeech } from './console-context.ts';
import { useLoad } from './load.ts';
import type { Messages } from './messages/index.ts';
import { Access } from './pages/access.tsx';
import { AlertPage } from './pages/alert.tsx';
import { Alerts } from './pages/alerts.tsx';
import { Contributions } from './pages/contributions.tsx';
import { DraftAlert } from './pages/draft-alert.tsx';
import { Overview } from './pages/overview.tsx';
import { RecommendationPage } from './pages/recommendation.tsx';
import { Recommendations } from './pages/recommendations.tsx';
import { SeriesPage } from './pages/series.tsx';
import { Updates } from './pages/updates.tsx';
import { ActorName, Foreign, Refused } from './parts/basics.tsx';
import { LanguageChoice } from './parts/language-choice.tsx';
import { hrefOf, type PageProps, useRoute } from './route.ts';

interface Page {
  /** The first part of its address; '' for the first page. */
  readonly path: string;
  readonly title: (messages: Messages) => string;
  /** Offered to those who may call this. */
  readonly needs: string | undefined;
  readonly list: ComponentType<PageProps>;
  /** One of the things that the page lists. */
  readonly one?: ComponentType<PageProps>;
}

const PAGES: readonly Page[] = [
  { path: '', title: ({ overview }) => overview.title, needs: undefined, list: Overview },
  { path: 'updates', title: ({ updates }) => updates.title, needs: 'hub/list-updates', list: Updates },
  { path: 'series', title: ({ series }) => series.title, needs: 'hub/list-updates', list: SeriesPage },
  { path: 'alerts', title: ({ alerts }) => alerts.title, needs: 'alerts/list-alerts', list: Alerts, one: AlertOrDraft },
  { path: 'recommendations', title: ({ recommendations }) => recommendations.title, needs: 'followup/list-recommendations', list: Recommendations, one: RecommendationPage },
  { path: 'contributions', title: ({ contributions }) => contributions.title, needs: 'followup/sum-contributions', list: Contributions },
  { path: 'access', title: ({ access }) => access.title, needs: 'hub/list-access', list: Access },
];

function AlertOrDraft(props: PageProps): JSX.Element {
  return props.id === 'new' ? <DraftAlert /> : <AlertPage {...props} />;
}

/** Everything a signed-in actor sees. */
export function Workplace({ session, left }: { readonly session: Session; readonly left: (why: 'expired' | 'signed out') => void }): JSX.Element {
  const { messages } = useSpeech();
  const route = useRoute();
  const seat = useSeatOf(session);
  const offered = PAGES.filter(({ needs }) => needs === undefined || seat.can(needs));
  const [path = '', id = ''] = route.path;
  const page = offered.find((each) => each.path === path);
  const Shown = id === '' ? page?.list : page?.one;
  const main = useRef<HTMLElement>(null);
  useExpiry(session.expireTime, left);
  useEffect(() => {
    document.title = messages.pageTitle(page?.title(messages) ?? messages.notFound.title);
  }, [messages, page]);
  useFocusOnMove(`${path}/${id}`, main);
  return (
    <SeatContext.Provider value={seat}>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          // The part of the address after # says which page it is; it stays.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {messages.skip}
      </a>
      <div class="frame">
        <Top session={session} pages={offered} current={path} left={left} />
        <main id="main" tabIndex={-1} ref={main}>
          {Shown === undefined ? <NotFound /> : <Shown route={route} id={id} />}
        </main>
      </div>
    </SeatContext.Provider>
  );
}

/** Who looks, where they can go, and the way out. */
function Top({ session, pages, current, left }: { readonly session: Session; readonly pages: readonly Page[]; readonly current: string; readonly left: (why: 'signed out') => void }): JSX.Element {
  const { messages } = useSpeech();
  const [open, setOpen] = useState(false);
  const [refused, setRefused] = useState<Refusal>();
  useEffect(() => setOpen(false), [current]);
  const leave = (): void => {
    signOut().then(
      () => left('signed out'),
      (error: unknown) => setRefused(Refusal.from(error)),
    );
  };
  return (
    <header class="top">
      <div class="bar">
        <span class="brand" dir="ltr">
          Corridor
        </span>
        <button type="button" class="menu" aria-expanded={open} aria-controls="sections" onClick={() => setOpen(!open)}>
          {messages.menu}
        </button>
      </div>
      <nav id="sections" class={open ? 'open' : ''} aria-label={messages.sections}>
        <ul>
          {pages.map(({ path, title }) => (
            <li key={path}>
              <a href={hrefOf(path === '' ? [] : [path])} {...(path === current ? { 'aria-current': 'page' as const } : {})}>
                {title(messages)}
              </a>
            </li>
          ))}
        </ul>
        <div class="who">
          <p>
            <span class="quiet">{messages.signedInAs}</span>
            <strong>
              <Foreign>{idOf(session.agency)}</Foreign>
            </strong>
            <ActorName name={session.actor} />
          </p>
          <LanguageChoice />
          <button type="button" onClick={leave}>
            {messages.signOut}
          </button>
          {refused !== undefined && <Refused refusal={refused} />}
        </div>
      </nav>
    </header>
  );
}

function NotFound(): JSX.Element {
  const { messages } = useSpeech();
  return (
    <>
      <h1>{messages.notFound.title}</h1>
      <p>{messages.notFound.text}</p>
    </>
  );
}

/** Names come when they come; until then, and when they do not, ids are shown. */
function useSeatOf(session: Session): Seat {
  const { format } = useSpeech();
  const places = useLoad((signal) => (session.actions.includes('hub/list-places') ? placeNames(signal) : Promise.resolve(new Map<string, string>())), [session]);
  const agencies = useLoad((signal) => (session.actions.includes('registry/list-agencies') ? agencyNames(signal) : Promise.resolve(new Map<string, string>())), [session]);
  return useMemo((): Seat => {
    const placesById = places.loaded.state === 'ready' ? places.loaded.value : undefined;
    const agenciesByName = agencies.loaded.state === 'ready' ? agencies.loaded.value : undefined;
    return {
      session,
      can: (operation) => session.actions.includes(operation),
      place: (id) => format.country(id) ?? placesById?.get(id) ?? id,
      agency: (name) => agenciesByName?.get(name) ?? idOf(name),
    };
  }, [session, format, places.loaded, agencies.loaded]);
}

/** Timers of browsers count to this at most; what ends later is noticed by the next call. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Says that the session has ended when it ends, also when nothing is asked of the node. */
function useExpiry(expireTime: number, left: (why: 'expired') => void): void {
  useEffect(() => {
    const wait = Math.max(0, expireTime - Date.now());
    if (wait > LONGEST_WAIT_MS) return undefined;
    const timer = setTimeout(() => left('expired'), wait);
    return () => clearTimeout(timer);
  }, [expireTime]);
}

/** A reader who goes to another page begins at its start, also with the keyboard. */
function useFocusOnMove(where: string, main: { readonly current: HTMLElement | null }): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [where]);
}
