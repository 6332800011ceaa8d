import { Command } from 'commander';
import { PreviewUpdatesResponse, PublishRequest, PublishResponse } from '@corridor/contracts/hub/v1/hub';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { itemFailure } from '../../transport/status.ts';
import { readInput } from '../files.ts';
import { messageOf } from '../json-input.ts';
import type { Shell } from '../shell.ts';
import { updatesInFull } from '../show-updates.ts';
import { table } from '../table.ts';
import { PURPOSES } from '../../enum-words.ts';

/** `corridor publish`: one message. */
export function publishCommand(shell: Shell): Command {
  return new Command('publish')
    .argument('<file>', 'a PublishRequest as JSON (protobuf mapping), - for standard input')
    .description('publish 1-256 updates of one series; sending the same file again publishes nothing twice')
    .action((file: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out, terminal }) => {
        const request = messageOf(PublishRequest, (await readInput(file, terminal)).toString('utf8'), file);
        const response = await node.hub.publish(request);
        await out.document(PublishResponse.toJSON(response), () =>
          table(
            ['UPDATE', 'VERSION', 'POSITION', 'OUTCOME'],
            response.receipts.map((r) => [
              r.name,
              String(r.version),
              r.position === undefined ? '-' : `${r.position.partition}:${r.position.offset}:${r.index}`,
              r.error === undefined ? (r.repeatedUpdate ? 'was there already' : 'published') : `${r.error.reason}: ${r.error.message}`,
            ]),
          ),
        );
        const lost = response.receipts.find(({ error }) => error !== undefined)?.error;
        if (lost !== undefined) throw itemFailure(lost);
      }),
    );
}

/** `corridor preview`: who would receive what. */
export function previewCommand(shell: Shell): Command {
  return new Command('preview')
    .argument('<file>', 'a PublishRequest as JSON, - for standard input')
    .description('who would receive what, and how it would look; nothing is published')
    .option('--full', 'show each view with its rows')
    .action((file: string, { full }: { readonly full?: true }, self: Command) =>
      shell.connected(self, async ({ node, out, terminal }) => {
        const publish = messageOf(PublishRequest, (await readInput(file, terminal)).toString('utf8'), file);
        const response = await node.hub.previewUpdates({ publish });
        const views = response.entries.map(({ batch }) => (batch.length === 0 ? undefined : ViewBatch.decode(batch)));
        await out.document({ ...object(PreviewUpdatesResponse.toJSON(response)), views: views.map((view) => (view === undefined ? null : ViewBatch.toJSON(view))) }, () => {
          const overview = table(
            ['RECIPIENT', 'PURPOSE', 'OUTCOME', 'REASONS'],
            response.entries.map((e) => [e.recipient, PURPOSES.of(e.purpose), e.allowed ? 'receives' : 'receives nothing', e.reasons.join(',')]),
          );
          if (full !== true) return overview;
          const shown = response.entries.flatMap((entry, i) => {
            const view = views[i];
            return view === undefined ? [] : [`\n== ${entry.recipient} for ${PURPOSES.of(entry.purpose)}\n${updatesInFull(view, undefined, undefined)}`];
          });
          return [overview, ...shown].join('');
        });
      }),
    );
}

const object = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {});
