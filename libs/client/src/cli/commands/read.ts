import { Command } from 'commander';
import type { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { ArchivedBatch, PlaceEntry, type ListUpdatesResponse } from '@corridor/contracts/hub/v1/hub';
import { filterOf, purposeOption, withFilter, type FilterFlags } from '../common-options.ts';
import { everyPage, held, PAGE_SIZE, type Shell } from '../shell.ts';
import { updatesInFull, updatesTable } from '../show-updates.ts';
import { table } from '../table.ts';
import { wholeNumber } from '../words.ts';

/** `corridor get`: one report. */
export function getCommand(shell: Shell): Command {
  return new Command('get')
    .argument('<update>', 'agencies/AGENCY/series/SERIES/updates/UPDATE')
    .description('one report in its current version, as you may see it')
    .addOption(purposeOption())
    .action((name: string, { purpose }: { readonly purpose: Purpose }, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const archived = held((await node.hub.getUpdate({ name, purpose })).archived, 'an update');
        const batch = held(archived.batch, 'an update');
        await out.document(ArchivedBatch.toJSON(archived), () => updatesInFull(batch, archived.publishTime, archived.expireTime));
      }),
    );
}

/** `corridor list`: the archive. */
export function listCommand(shell: Shell): Command {
  return withFilter(new Command('list'))
    .description('what is in the archive, as you may see it, newest first')
    .addOption(purposeOption())
    .option('--limit <updates>', 'at most so many updates', wholeNumber(1, 1_000_000), 100)
    .action((flags: FilterFlags & { readonly purpose: Purpose; readonly limit: number }, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const batches: ArchivedBatch[] = [];
        let left = flags.limit;
        let pageToken = '';
        do {
          const page: ListUpdatesResponse = await node.hub.listUpdates({ purpose: flags.purpose, filter: filterOf(flags), pageSize: Math.min(left, PAGE_SIZE), pageToken });
          batches.push(...page.batches);
          left -= page.batches.reduce((sum, { batch }) => sum + (batch?.updates.length ?? 0), 0);
          pageToken = page.nextPageToken;
        } while (pageToken !== '' && left > 0);
        await out.document({ batches: batches.map((one) => ArchivedBatch.toJSON(one)) }, () =>
          updatesTable(batches.flatMap(({ batch }) => (batch === undefined ? [] : [batch]))),
        );
        if (pageToken !== '') out.note(`there is more: --limit is ${flags.limit}`);
      }),
    );
}

/** `corridor places`: the gazetteer. */
export function placesCommand(shell: Shell): Command {
  return new Command('places')
    .argument('[text]', 'part of a name or a code', '')
    .description('places of the gazetteer that match a text')
    .action((query: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const places = await everyPage(
          (pageToken) => node.hub.listPlaces({ query, pageSize: PAGE_SIZE, pageToken }),
          (page) => page.places,
        );
        await out.document({ places: places.map((place) => PlaceEntry.toJSON(place)) }, () =>
          table(['PLACE', 'KIND', 'NAME', 'WITHIN'], places.map((p) => [p.placeId, p.kind, p.displayName, p.parents.join(' ')])),
        );
      }),
    );
}
