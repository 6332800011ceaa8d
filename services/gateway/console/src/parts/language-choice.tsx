import type { JSX } from 'preact';
import { useSpeech } from '../console-context.ts';
import { languageFor, LANGUAGES } from '../messages/index.ts';

/** Chooses the language of the console. */
export function LanguageChoice(): JSX.Element {
  const { language, messages, choose } = useSpeech();
  return (
    <label class="language">
      <span class="aloud">{messages.chooseLanguage}</span>
      <select value={language.tag} onChange={({ currentTarget }) => choose(languageFor([currentTarget.value]))}>
        {LANGUAGES.map(({ tag, messages: { language: name } }) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
