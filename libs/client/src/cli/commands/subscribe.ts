import { Command } from 'commander';
import { view } from '@corridor/kernel';
import type { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import type { Delivery, Subscription } from '../../subscription.ts';
import { filterOf, purposeOption, withFilter, type FilterFlags } from '../common-options.ts';
import type { Output, Session, Shell } from '../shell.ts';
import { updatesInFull } from '../show-updates.ts';
import { follow, withStreamOptions, type Following, type StreamFlags } from '../streaming.ts';
import { WindowFiles } from '../window-files.ts';

interface SubscribeFlags extends FilterFlags, StreamFlags {
  readonly purpose: Purpose;
  readonly receipts?: string;
}

/** `corridor subscribe`: deliveries as they come. */
export function subscribeCommand(shell: Shell): Command {
  const command = withFilter(new Command('subscribe'))
    .description('print what your agency may see, as it is published; at least once each, also across broken connections')
    .addOption(purposeOption());
  return withStreamOptions(command, {
    cursorFile: 'go on from the cursor in this file, keep it there, and acknowledge to the node what was printed',
    untilIdle: 'end when nothing came for so long; with --receipts also every receipt',
  })
    .option('--receipts <folder>', 'keep each delivery and the receipt of its window there, for `corridor audit prove`')
    .action((flags: SubscribeFlags, self: Command) => shell.connected(self, (session) => subscribe(session, flags)));
}

async function subscribe({ node, out, terminal }: Session, flags: SubscribeFlags): Promise<void> {
  const windows = flags.receipts === undefined ? undefined : new WindowFiles(flags.receipts);
  const following: Following<Delivery, Subscription> = {
    open: (options) =>
      node.subscribe({
        ...options,
        purpose: flags.purpose,
        filter: filterOf(flags),
        ...(windows !== undefined && { onReceipt: (receipt) => windows.close(receipt) }),
      }),
    take: async (delivery) => {
      await windows?.add(delivery);
      await print(out, delivery);
    },
    stored: (subscription) => subscription.acknowledge(),
    mayEnd: () => windows?.pending !== true,
  };
  try {
    await follow(flags, terminal, following);
  } finally {
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
