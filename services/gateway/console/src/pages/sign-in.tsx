import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Refusal } from '../api/call.ts';
import { type Session, signIn } from '../api/session.ts';
import { useSpeech } from '../console-context.ts';
import { Refused } from '../parts/basics.tsx';
import { ActionForm, Line } from '../parts/fields.tsx';
import { LanguageChoice } from '../parts/language-choice.tsx';

/** Asks who looks. It says when a session has ended. */
export function SignIn({ why, signedIn }: { readonly why: 'first' | 'expired' | 'signed out' | Refusal; readonly signedIn: (session: Session) => void }): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.signIn;
  useEffect(() => {
    document.title = messages.pageTitle(texts.title);
  }, [messages]);
  return (
    <main class="sign-in">
      <div class="card">
        <header>
          <span class="brand" dir="ltr">
            Corridor
          </span>
          <LanguageChoice />
        </header>
        <h1>{texts.title}</h1>
        <p class="quiet">{texts.lead}</p>
        {why === 'expired' && (
          <p class="notice" role="alert">
            {texts.expired}
          </p>
        )}
        {why === 'signed out' && (
          <p class="notice" role="status">
            {texts.signedOut}
          </p>
        )}
        {typeof why !== 'string' && <Refused refusal={why} />}
        <ActionForm submit={texts.submit} act={async (value) => signedIn(await signIn(value('actor'), value('secret')))}>
          <Line label={texts.actor} name="actor" hint={texts.actorHint} required autoComplete="username" />
          <Line label={texts.secret} name="secret" type="password" required autoComplete="current-password" />
        </ActionForm>
      </div>
    </main>
  );
}
