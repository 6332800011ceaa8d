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

/** `agencies/{agency}` from that or from a bare id. */
export const agencyName = (text: string): string => (text.startsWith('agencies/') ? text : `agencies/${text}`);
/** `groups/{group}` from that or from a bare id. */
export const groupName = (text: string): string => (text.startsWith('groups/') ? text : `groups/${text}`);
/** `agreements/{agreement}` from that or from a bare id. */
export const agreementName = (text: string): string => (text.startsWith('agreements/') ? text : `agreements/${text}`);
/** `agencies/{agency}/series/{series}` from that or from `AGENCY/SERIES`. */
export function seriesName(text: string): string {
  const [agency, series, ...more] = text.split('/');
  return more.length === 0 && series !== undefined ? `agencies/${agency}/series/${series}` : text;
}
/** `agencies/{agency}/consents/{consent}` from that or from the bare id of an own consent. */
export const consentName = (text: string, agency: () => string): string => (text.includes('/') ? text : `${agency()}/consents/${text}`);

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

/** The largest page the node gives. */
export const PAGE_SIZE = 1_000;

/** What a response must hold. @throws Error when the node left it out. */
export function held<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the node answered without ${what}`);
  return value;
}
