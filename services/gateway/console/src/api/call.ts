import { object, type Parser, readAs, text, Unreadable } from './json.ts';

/** A call that was refused, or that got no answer. */
export class Refusal extends Error {
  readonly reason: string;
  /** What the caller can do; '' when the node said nothing. */
  readonly todo: string;

  constructor(reason: string, message: string, todo: string) {
    super(message);
    this.name = 'Refusal';
    this.reason = reason;
    this.todo = todo;
  }

  static from(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof Unreadable) return new Refusal('INTERNAL', error.message, '');
    return new Refusal('UNAVAILABLE', error instanceof Error ? error.message : String(error), '');
  }
}

const API = '/api/v1';
/** No call is waited for longer. */
const DEADLINE_MS = 30_000;

const refusal = object({ reason: text, message: text, todo: text });

/** Reads a refusal of the node. */
export function refusalIn(body: unknown): Refusal {
  const { reason, message, todo } = readAs(refusal, body);
  return new Refusal(reason, message, todo);
}

/** What a query says: texts, numbers, lists by repetition; what is undefined, or an empty list or text, is left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The address of an operation with its query. */
export function addressOf(operation: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const item of value) parameters.append(name, String(item));
    else if (value !== undefined && value !== '') parameters.append(name, String(value));
  }
  const said = parameters.toString();
  return `${API}/${operation}${said === '' ? '' : `?${said}`}`;
}

/** Told of every answer that says that nobody is signed in. */
type SignedOut = () => void;
let signedOut: SignedOut = () => undefined;

/** Says who is to be told when a session has ended. */
export function onSignedOut(told: SignedOut): void {
  signedOut = told;
}

/** Reads. @throws Refusal */
export const get = <T>(operation: string, query: Query, parser: Parser<T>, signal: AbortSignal): Promise<T> =>
  call(addressOf(operation, query), { method: 'GET' }, parser, signal);

/** Changes something. @throws Refusal */
export const post = <T>(operation: string, body: unknown, parser: Parser<T>): Promise<T> =>
  call(addressOf(operation), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }, parser);

/** Takes something back that has no answer. @throws Refusal */
export const remove = (operation: string): Promise<undefined> => call(addressOf(operation), { method: 'DELETE' }, () => undefined);

async function call<T>(address: string, init: RequestInit, parser: Parser<T>, signal?: AbortSignal): Promise<T> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const response = await fetch(address, { ...init, credentials: 'same-origin', redirect: 'error', signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]) });
  const said = await response.text();
  const body = bodyOf(said);
  if (response.ok) return readAs(parser, body);
  const refused = body === undefined ? new Refusal('UNAVAILABLE', `HTTP ${response.status}`, '') : refusalIn(body);
  if (response.status === 401) signedOut();
  throw refused;
}

function bodyOf(said: string): unknown {
  if (said === '') return undefined;
  try {
    const body: unknown = JSON.parse(said);
    return body;
  } catch {
    return undefined;
  }
}
