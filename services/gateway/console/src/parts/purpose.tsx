import type { JSX } from 'preact';
import type { PurposeName } from '../api/vocabulary.ts';
import { useSpeech } from '../console-context.ts';
import { WORDS_EN } from '../messages/words.en.ts';
import { hrefOf, replaceQuery, type Route } from '../route.ts';
import { Choice } from './fields.tsx';

const DEFAULT: PurposeName = 'PURPOSE_PLANNING';
const isPurpose = (name: string | null): name is PurposeName => name !== null && Object.hasOwn(WORDS_EN.purpose, name);
/** The last choice of this tab, so that it holds from page to page. */
const CHOSEN = 'corridor.purpose';

/** What the reader says it will use the data for: in the address, else as chosen before. */
export function purposeOf({ query }: Route): PurposeName {
  const asked = query.get('purpose');
  if (isPurpose(asked)) return asked;
  const before = sessionStorage.getItem(CHOSEN);
  return isPurpose(before) ? before : DEFAULT;
}

/** Chooses the purpose, and keeps the rest of what the address asks for. */
export function PurposeChoice({ route }: { readonly route: Route }): JSX.Element {
  const { messages } = useSpeech();
  return (
    <Choice
      label={messages.updates.purpose}
      name="purpose"
      options={messages.words.purpose}
      value={purposeOf(route)}
      choose={(purpose) => {
        sessionStorage.setItem(CHOSEN, purpose);
        replaceQuery(route, { ...Object.fromEntries(route.query), purpose });
      }}
    />
  );
}

/** The page of updates for the purpose in use. */
export const updatesHref = (route: Route): string => hrefOf(['updates'], { purpose: purposeOf(route) });
