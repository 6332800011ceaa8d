import { AR } from './ar.ts';
import { EN, type Messages } from './en.ts';

export type { Messages } from './en.ts';

/** A language of the console. */
export interface Language {
  /** BCP 47. */
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  readonly messages: Messages;
}

const ENGLISH: Language = { tag: 'en', direction: 'ltr', messages: EN };

/** The languages there are; the first is spoken when none other fits. */
export const LANGUAGES: readonly Language[] = [ENGLISH, { tag: 'ar', direction: 'rtl', messages: AR }];

/** The language for the first of these tags that there is one for: `ar-JO` is served by `ar`. */
export function languageFor(tags: readonly string[]): Language {
  for (const tag of tags) {
    const spoken = LANGUAGES.find((language) => tag.toLowerCase().split('-')[0] === language.tag);
    if (spoken !== undefined) return spoken;
  }
  return ENGLISH;
}
