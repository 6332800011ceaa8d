import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { onSignedOut, Refusal } from './api/call.ts';
import { currentSession, type Session } from './api/session.ts';
import { type Speech, SpeechContext } from './console-context.ts';
import { formatFor } from './format.ts';
import { type Language, languageFor } from './messages/index.ts';
import { SignIn } from './pages/sign-in.tsx';
import { Loading } from './parts/basics.tsx';
import { Workplace } from './workplace.tsx';

/** Where the choice of a language is kept. */
const CHOSEN = 'corridor.language';

/** Who looks: nobody yet known, nobody and why, or somebody. */
type Visitor = { readonly state: 'asking' } | { readonly state: 'out'; readonly why: 'first' | 'expired' | 'signed out' | Refusal } | { readonly state: 'in'; readonly session: Session };

/** The whole console. */
export function Console(): JSX.Element {
  const [language, setLanguage] = useState<Language>(() => languageFor([localStorage.getItem(CHOSEN) ?? '', ...navigator.languages].filter((tag) => tag !== '')));
  const [visitor, setVisitor] = useState<Visitor>({ state: 'asking' });

  useLayoutEffect(() => {
    document.documentElement.lang = language.tag;
    document.documentElement.dir = language.direction;
  }, [language]);

  useEffect(() => {
    const leaving = new AbortController();
    // A session that was there and is not any more has expired; one that never was has not.
    onSignedOut(() => setVisitor((now) => (now.state === 'in' ? { state: 'out', why: 'expired' } : now)));
    currentSession(leaving.signal).then(
      (session) => setVisitor({ state: 'in', session }),
      (error: unknown) => {
        const refusal = Refusal.from(error);
        if (!leaving.signal.aborted) setVisitor({ state: 'out', why: refusal.reason === 'UNAUTHENTICATED' ? 'first' : refusal });
      },
    );
    return () => leaving.abort();
  }, []);

  const speech = useMemo(
    (): Speech => ({
      language,
      messages: language.messages,
      format: formatFor(language.tag),
      choose: (chosen) => {
        localStorage.setItem(CHOSEN, chosen.tag);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return (
    <SpeechContext.Provider value={speech}>
      {visitor.state === 'asking' && <Loading />}
      {visitor.state === 'out' && <SignIn why={visitor.why} signedIn={(session) => setVisitor({ state: 'in', session })} />}
      {visitor.state === 'in' && (
        <Workplace
          key={visitor.session.actor}
          session={visitor.session}
          left={(why) => setVisitor({ state: 'out', why })}
        />
      )}
    </SpeechContext.Provider>
  );
}
