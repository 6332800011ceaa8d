import type { Command } from 'commander';
import { connect, type Corridor } from '../connect.ts';
import { UsageError } from './failure.ts';
import { readSettings, type GlobalFlags } from './settings.ts';
import type { Terminal } from './terminal.ts';

/** Where a command's results go: a document or lines, each as JSON or for people. */
export interface Output {
  readonly json: boolean;
  /** The whole result. */
  document(json: unknown, text: () => string): Promise<void>;
  /** One of many results: with `--json` one line of NDJSON. */
  item(json: unknown, text: () => string): Promise<void>;
  /** A remark for people, on standard error; nothing with `--json`. */
  note(text: string): void;
}

/** A command that is running, connected to a node. */
export interface Session {
  readonly node: Corridor;
  readonly out: Output;
  readonly terminal: Terminal;
  /** `agencies/{agency}` of the one who is signed in. @throws UsageError when a token does not say. */
  agency(): string;
}

/** What commands are built with. */
export interface Shell {
  readonly terminal: Terminal;
  output(command: Command): Output;
  /** Connects as flags and environment say, does the work, and closes the connection. */
  connected(command: Command, work: (session: Session) => Promise<void>): Promise<void>;
}

export function shellOf(terminal: Terminal): Shell {
  const output = (command: Command): Output => {
    const json = command.optsWithGlobals<GlobalFlags>().json === true;
    return {
      json,
      document: (value, text) => terminal.out(json ? `${JSON.stringify(value, null, 2)}\n` : text()),
      item: (value, text) => terminal.out(json ? `${JSON.stringify(value)}\n` : text()),
      note: (text) => {
        if (!json) terminal.err(`${text}\n`);
      },
    };
  };
  return {
    terminal,
    output,
    async connected(command, work) {
      const { actor, ...where } = await readSettings(command.optsWithGlobals<GlobalFlags>(), terminal);
      const node = connect(where);
      const agency = (): string => {
        if (actor === undefined) throw new UsageError('the token does not say for whom it is: name agencies in full');
        return actor.slice(0, actor.indexOf('/actors/'));
      };
      try {
        await work({ node, out: output(command), terminal, agency });
      } finally {
        node.close();
      }
    },
  };
}

/** The full name of something from that or from its bare id. */
const named =
  (collection: string) =>
  (text: string): string =>
    text.startsWith(`${collection}/`) ? text : `${collection}/${text}`;

export const agencyName = named('agencies');
export const groupName = named('groups');
export const agreementName = named('agreements');
export const ruleName = named('rules');
export const alertName = named('alerts');
export const meetingName = named('meetings');
export const recommendationName = named('recommendations');
/** `agencies/{agency}/series/{series}` from that or from `AGENCY/SERIES`. */
export function seriesName(text: string): string {
  const [agency, series, ...more] = text.split('/');
  return more.length === 0 && series !== undefined ? `agencies/${agency}/series/${series}` : text;
}
/** The full name of something of an agency, from that, from `AGENCY/ID`, or from the bare id of one's own. */
const ownNamed =
  (collection: string) =>
  (text: string, agency: () => string): string => {
    const [first, second, ...more] = text.split('/');
    if (second === undefined) return `${agency()}/${collection}/${first}`;
    return more.length === 0 && first !== 'agencies' ? `agencies/${first}/${collection}/${second}` : text;
  };

export const consentName = ownNamed('consents');
export const focalPointName = ownNamed('focalPoints');
export const planName = ownNamed('plans');

/** All pages of a list. */
export async function everyPage<Page extends { readonly nextPageToken: string }, Item>(
  fetch: (pageToken: string) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let pageToken = '';
  do {
    const page = await fetch(pageToken);
    all.push(...items(page));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return all;
}

/** The first items of a list, at most `limit` of them, and whether there are more. */
export async function firstItems<Page extends { readonly nextPageToken: string }, Item>(
  limit: number,
  fetch: (pageSize: number, pageToken: string) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): Promise<{ readonly found: readonly Item[]; readonly more: boolean }> {
  const found: Item[] = [];
  let pageToken = '';
  do {
    const page = await fetch(Math.min(limit - found.length, PAGE_SIZE), pageToken);
    found.push(...items(page));
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && found.length < limit);
  return { found, more: pageToken !== '' };
}

/** The largest page the node gives. */
export const PAGE_SIZE = 1_000;

/** What a response must hold. @throws Error when the node left it out. */
export function held<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the node answered without ${what}`);
  return value;
}
