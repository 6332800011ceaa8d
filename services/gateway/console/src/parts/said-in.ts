import type { CapInfo } from '../api/alerts.ts';

/** What a message says in a language, or else in the first that it speaks. */
export const saidIn = (infos: readonly CapInfo[], tag: string): CapInfo | undefined => infos.find(({ language }) => language.split('-')[0] === tag) ?? infos[0];
