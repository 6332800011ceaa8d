import { WORDS_EN as WORDS } from '../messages/words.en.ts';
import { get } from './call.ts';
import { list, object, oneOf, optional, type Read, text, time } from './json.ts';

const entry = object({
  time: optional(time),
  kind: oneOf(WORDS.accessKind),
  recipient: text,
  actor: text,
  series: text,
  update: text,
  purpose: text,
  reasons: list(text),
});
/** What happened to one of the own updates. */
export type AccessEntry = Read<typeof entry>;
const page = object({ entries: list(entry), nextPageToken: text });
export type AccessPage = Read<typeof page>;

/** Who received, read or was refused which of the own updates, newest first. @throws Refusal */
export const listAccess = (agency: string, pageToken: string, signal: AbortSignal): Promise<AccessPage> =>
  get('hub/list-access', { parent: agency, pageSize: 100, pageToken }, page, signal);
