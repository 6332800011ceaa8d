import { Command, Option } from 'commander';
import { view } from '@corridor/kernel';
import type { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import type { Delivery, Subscription } from '../../subscription.ts';
import { filterOf, purposeOption, withFilter, type FilterFlags } from '../common-options.ts';
import { UsageError } from '../failure.ts';
import { readIfThere, writeWhole } from '../files.ts';
import type { Output, Session, Shell } from '../shell.ts';
import { updatesInFull } from '../show-updates.ts';
import { WindowFiles } from '../window-files.ts';
import { wholeNumber } from '../words.ts';

interface SubscribeFlags extends FilterFlags {
  readonly purpose: Purpose;
  readonly from: 'now' | 'beginning';
  readonly cursorFile?: string;
  readonly untilIdle?: number;
  readonly receipts?: string;
  readonly patience: number;
}

/** `corridor subscribe`: deliveries as they come. */
export function subscribeCommand(shell: Shell): Command {
  return withFilter(new Command('subscribe'))
    .description('print what your agency may see, as it is published; at least once each, also across broken connections')
    .addOption(purposeOption())
    .addOption(new Option('--from <where>', 'where to begin without a stored cursor').choices(['now', 'beginning']).default('now'))
    .option('--cursor-file <file>', 'go on from the cursor in this file, keep it there, and acknowledge to the node what was printed')
    .option('--receipts <folder>', 'keep each delivery and the receipt of its window there, for `corridor audit prove`')
    .option('--until-idle <seconds>', 'end when nothing came for so long; with --receipts also every receipt', wholeNumber(1, 1_000_000))
    .option('--patience <seconds>', 'fail when the node cannot be reached for so long', wholeNumber(0, 1_000_000), 30)
    .action((flags: SubscribeFlags, self: Command) => shell.connected(self, (session) => subscribe(session, flags)));
}

async function subscribe({ node, out, terminal }: Session, flags: SubscribeFlags): Promise<void> {
  const windows = flags.receipts === undefined ? undefined : new WindowFiles(flags.receipts);
  const cursor = flags.cursorFile === undefined ? undefined : await readCursor(flags.cursorFile);
  const idle = new AbortController();
  const subscription = node.subscribe({
    purpose: flags.purpose,
    filter: filterOf(flags),
    from: flags.from,
    patienceMs: flags.patience * 1_000,
    signal: AbortSignal.any([idle.signal, terminal.interrupted]),
    ...(cursor !== undefined && { cursor }),
    ...(windows !== undefined && { onReceipt: (receipt) => windows.close(receipt) }),
  });
  const keeper = flags.cursorFile === undefined ? undefined : new CursorKeeper(flags.cursorFile, subscription);
  const watch = flags.untilIdle === undefined ? undefined : new IdleWatch(flags.untilIdle * 1_000, () => subscription.connected && windows?.pending !== true, idle);
  try {
    for await (const delivery of subscription) {
      watch?.heard();
      await windows?.add(delivery);
      await print(out, delivery);
      await keeper?.keep();
    }
    await keeper?.finish();
  } finally {
    watch?.stop();
    await windows?.end();
  }
}

const print = (out: Output, { batch, publishTime, expireTime, raw, windowId, index }: Delivery): Promise<void> =>
  out.item(
    {
      batch: ViewBatch.toJSON(batch),
      publishTime: publishTime?.toISOString(),
      expireTime: expireTime?.toISOString(),
      windowId,
      index,
      raw: { bytes: view(raw.bytes).toString('base64'), salt: view(raw.salt).toString('base64') },
    },
    () => `${updatesInFull(batch, publishTime, expireTime)}\n`,
  );

async function readCursor(path: string): Promise<Uint8Array | undefined> {
  const text = (await readIfThere(path))?.toString('utf8').trim();
  if (text === undefined || text === '') return undefined;
  const cursor = Buffer.from(text, 'base64');
  if (cursor.toString('base64') !== text) throw new UsageError(`${path} holds no cursor: delete it to begin as --from says`);
  return cursor;
}

/** Stores the cursor and acknowledges, at most once a second and at the end. */
class CursorKeeper {
  readonly #path: string;
  readonly #subscription: Subscription;
  #kept: Uint8Array | undefined;
  #last = 0;

  constructor(path: string, subscription: Subscription) {
    this.#path = path;
    this.#subscription = subscription;
    this.#kept = subscription.cursor;
  }

  async keep(): Promise<void> {
    if (Date.now() - this.#last >= 1_000) await this.#store();
  }

  async finish(): Promise<void> {
    await this.#store();
  }

  async #store(): Promise<void> {
    const { cursor } = this.#subscription;
    if (cursor === undefined || cursor === this.#kept) return;
    await writeWhole(this.#path, `${view(cursor).toString('base64')}\n`);
    await this.#subscription.acknowledge();
    this.#kept = cursor;
    this.#last = Date.now();
  }
}

/** Ends a subscription that brings nothing. */
class IdleWatch {
  readonly #ms: number;
  readonly #mayEnd: () => boolean;
  readonly #idle: AbortController;
  #timer: NodeJS.Timeout;

  /** @param mayEnd false while the node cannot be reached, which is not idleness, and while a receipt is on its way. */
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
