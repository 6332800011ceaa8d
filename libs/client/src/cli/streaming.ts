import { Option, type Command } from 'commander';
import { view } from '@corridor/kernel';
import { UsageError } from './failure.ts';
import { readIfThere, writeWhole } from './files.ts';
import type { Terminal } from './terminal.ts';
import { wholeNumber } from './words.ts';

/** Flags of every command that goes on until it is told to end. */
export interface StreamFlags {
  readonly from: 'now' | 'beginning';
  readonly cursorFile?: string;
  readonly untilIdle?: number;
  readonly patience: number;
}

/** Adds the options of a stream. */
export const withStreamOptions = (command: Command, texts: { readonly cursorFile: string; readonly untilIdle: string }): Command =>
  command
    .addOption(new Option('--from <where>', 'where to begin without a stored cursor').choices(['now', 'beginning']).default('now'))
    .option('--cursor-file <file>', texts.cursorFile)
    .option('--until-idle <seconds>', texts.untilIdle, wholeNumber(1, 1_000_000))
    .option('--patience <seconds>', 'fail when the node cannot be reached for so long', wholeNumber(0, 1_000_000), 30);

/** What the SDK needs to open a stream as the flags say. */
export interface StreamOptions {
  readonly from: 'now' | 'beginning';
  readonly cursor?: Uint8Array;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** A stream of the SDK that can be gone on with. */
export interface CursorStream<Item> extends AsyncIterable<Item> {
  readonly cursor: Uint8Array | undefined;
  readonly connected: boolean;
}

/** What a command does with its stream. */
export interface Following<Item, Stream extends CursorStream<Item>> {
  readonly open: (options: StreamOptions) => Stream;
  readonly take: (item: Item) => Promise<void>;
  /** Told when a cursor has been stored. */
  readonly stored?: (stream: Stream) => Promise<void>;
  /** Whether it may end when nothing comes; default: always. */
  readonly mayEnd?: () => boolean;
}

/** Takes everything a stream brings until the user interrupts or, if so told, nothing has come for long enough. */
export async function follow<Item, Stream extends CursorStream<Item>>(flags: StreamFlags, terminal: Terminal, following: Following<Item, Stream>): Promise<void> {
  const { open, take, stored, mayEnd = () => true } = following;
  const cursor = flags.cursorFile === undefined ? undefined : await readCursor(flags.cursorFile);
  const idle = new AbortController();
  const stream = open({
    from: flags.from,
    patienceMs: flags.patience * 1_000,
    signal: AbortSignal.any([idle.signal, terminal.interrupted]),
    ...(cursor !== undefined && { cursor }),
  });
  const keeper = flags.cursorFile === undefined ? undefined : new CursorKeeper(flags.cursorFile, stream, async () => stored?.(stream));
  const watch = flags.untilIdle === undefined ? undefined : new IdleWatch(flags.untilIdle * 1_000, () => stream.connected && mayEnd(), idle);
  try {
    for await (const item of stream) {
      watch?.heard();
      await take(item);
      await keeper?.keep();
    }
    await keeper?.finish();
  } finally {
    watch?.stop();
  }
}

async function readCursor(path: string): Promise<Uint8Array | undefined> {
  const text = (await readIfThere(path))?.toString('utf8').trim();
  if (text === undefined || text === '') return undefined;
  const cursor = Buffer.from(text, 'base64');
  if (cursor.toString('base64') !== text) throw new UsageError(`${path} holds no cursor: delete it to begin as --from says`);
  return cursor;
}

/** Stores the cursor, at most once a second and at the end. */
class CursorKeeper {
  readonly #path: string;
  readonly #stream: { readonly cursor: Uint8Array | undefined };
  readonly #stored: () => Promise<void>;
  #kept: Uint8Array | undefined;
  #last = 0;

  constructor(path: string, stream: { readonly cursor: Uint8Array | undefined }, stored: () => Promise<void>) {
    this.#path = path;
    this.#stream = stream;
    this.#stored = stored;
    this.#kept = stream.cursor;
  }

  async keep(): Promise<void> {
    if (Date.now() - this.#last >= 1_000) await this.#store();
  }

  async finish(): Promise<void> {
    await this.#store();
  }

  async #store(): Promise<void> {
    const { cursor } = this.#stream;
    if (cursor === undefined || cursor === this.#kept) return;
    await writeWhole(this.#path, `${view(cursor).toString('base64')}\n`);
    await this.#stored();
    this.#kept = cursor;
    this.#last = Date.now();
  }
}

/** Ends a stream that brings nothing. */
class IdleWatch {
  readonly #ms: number;
  readonly #mayEnd: () => boolean;
  readonly #idle: AbortController;
  #timer: NodeJS.Timeout;

  /** @param mayEnd false while the node cannot be reached, which is not idleness, and while something is on its way. */
  constructor(ms: number, mayEnd: () => boolean, idle: AbortController) {
    this.#ms = ms;
    this.#mayEnd = mayEnd;
    this.#idle = idle;
    this.#timer = this.#arm();
  }

  heard(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): NodeJS.Timeout {
    return setTimeout(() => {
      if (this.#mayEnd()) this.#idle.abort();
      else this.#timer = this.#arm();
    }, this.#ms);
  }
}
