import { Command } from 'commander';
import { FocalPoint } from '@corridor/contracts/registry/v1/resources';
import { agencyName, everyPage, focalPointName, held, PAGE_SIZE, type Shell } from '../shell.ts';
import { actorName } from '../settings.ts';
import { table } from '../table.ts';
import { moment, several } from '../words.ts';

interface SetFlags {
  readonly theme: string;
  readonly area: string;
  readonly holder: string;
  readonly deputy?: readonly string[];
  readonly from?: Date;
  readonly until: Date;
  readonly absentUntil?: Date;
}

/** `corridor focal-points`: who has the duties of an agency for a theme and an area. */
export function focalPointsCommand(shell: Shell): Command {
  const command = new Command('focal-points').description('focal points: who acknowledges alerts and reports progress for an agency, by theme and area');
  command
    .command('list [agency]')
    .description('the focal points of an agency; default: your own')
    .action((text: string | undefined, _flags, self: Command) =>
      shell.connected(self, async ({ node, out, agency: own }) => {
        const agency = text === undefined ? own() : agencyName(text);
        const focalPoints = await everyPage(
          (pageToken) => node.registry.listFocalPoints({ agency, pageSize: PAGE_SIZE, pageToken }),
          (page) => page.focalPoints,
        );
        await out.document({ focalPoints: focalPoints.map((one) => FocalPoint.toJSON(one)) }, () => focalPointsTable(focalPoints));
      }),
    );
  command
    .command('set <focal-point-id>')
    .description('create or replace a focal point of your agency')
    .requiredOption('--theme <theme>', 'what it is for, e.g. rescue or reception')
    .requiredOption('--area <place>', 'country, admin code or route that it is for')
    .requiredOption('--holder <agency/actor>', 'who has the duty', actorName)
    .option('--deputy <agency/actor>', 'who stands in; several times, in order', several(actorName))
    .requiredOption('--until <date>', 'valid until (exclusive)', moment)
    .option('--from <date>', 'valid from; default: now', moment)
    .option('--absent-until <date>', 'the holder is absent until then, and the deputies have the duty', moment)
    .action((id: string, flags: SetFlags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        const focalPoint: FocalPoint = {
          name: focalPointName(id, agency),
          version: 0n,
          theme: flags.theme,
          area: flags.area,
          holder: flags.holder,
          deputies: flags.deputy ?? [],
          validFrom: flags.from ?? new Date(),
          validUntil: flags.until,
          absentUntil: flags.absentUntil,
        };
        const shown = held((await node.registry.setFocalPoint({ focalPoint })).focalPoint, 'a focal point');
        await out.document(FocalPoint.toJSON(shown), () => focalPointsTable([shown]));
      }),
    );
  return command;
}

const focalPointsTable = (focalPoints: readonly FocalPoint[]): string =>
  table(
    ['FOCAL POINT', 'THEME', 'AREA', 'HOLDER', 'DEPUTIES', 'VALID'],
    focalPoints.map((f) => [
      f.name,
      f.theme,
      f.area,
      `${f.holder}${f.absentUntil === undefined ? '' : ` (absent until ${f.absentUntil.toISOString()})`}`,
      f.deputies.join(' ') || '-',
      `${f.validFrom?.toISOString() ?? '-'}..${f.validUntil?.toISOString() ?? '-'}`,
    ]),
  );
