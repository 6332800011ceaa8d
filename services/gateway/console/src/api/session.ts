import { get, post, remove } from './call.ts';
import { list, object, type Read, text, time } from './json.ts';

/** Who is signed in, and what is offered to it. */
const session = object({
  actor: text,
  agency: text,
  agencyState: text,
  expireTime: time,
  roles: list(object({ role: text })),
  actions: list(text),
});
export type Session = Read<typeof session>;

/** The session of this browser. @throws Refusal UNAUTHENTICATED when there is none */
export const currentSession = (signal: AbortSignal): Promise<Session> => get('session', {}, session, signal);

/** Signs in. `actor` may be short: `agency/actor`. @throws Refusal */
export const signIn = (actor: string, secret: string): Promise<Session> => post('session', { actor: fullName(actor.trim()), secret }, session);

/** Signs out. @throws Refusal */
export const signOut = (): Promise<undefined> => remove('session');

const fullName = (actor: string): string => actor.replace(/^([^/]+)\/([^/]+)$/, 'agencies/$1/actors/$2');
