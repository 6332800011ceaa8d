import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { Seat } from './audience.ts';
import type { Outcome } from './play.ts';

/** What came of the play, in lines of text. */
export function summaryOf({ published, heard, refused, revoked }: Outcome): readonly string[] {
  const rows = heard.map(({ seat, tally }) => [
    who(seat),
    purposeOf(seat),
    `${tally.updates} updates`,
    `${tally.rows} counts shown`,
    `${tally.suppressed} withheld`,
    [...tally.forms].join('; '),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [
    `${published} updates published. Each partner received what agreement and consent allow:`,
    ...rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`),
    `  ${who(refused.seat)}, for ${purposeOf(refused.seat)}: refused (${refused.reasons.join(', ')})`,
    `  ${who(revoked.seat)}, for ${purposeOf(revoked.seat)}: ${revoked.before ?? 'some'} updates, then its consent was revoked: ${revoked.after} more`,
  ];
}

const who = ({ actor }: Seat): string => actor.split('/')[1] ?? actor;

/** `PURPOSE_EARLY_WARNING` is `early warning`. */
function purposeOf({ purpose }: Seat): string {
  const [name = ''] = Object.entries(Purpose).find(([, value]) => value === purpose) ?? [];
  return name.slice('PURPOSE_'.length).toLowerCase().replaceAll('_', ' ');
}
