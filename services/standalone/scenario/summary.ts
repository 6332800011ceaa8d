import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { Implementation, Timeliness, Verification, type Addressee, type Recommendation } from '@corridor/contracts/followup/v1/resources';
import type { Seat } from './audience.ts';
import type { FollowedUp } from './coastal-forum.ts';
import type { Warned } from './early-warning.ts';
import type { Outcome } from './play.ts';

/** What came of the play, in lines of text. */
export function summaryOf({ published, heard, refused, revoked, warned, followedUp }: Outcome): readonly string[] {
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
    ...warning(warned),
    ...following(followedUp),
  ];
}

function warning({ rule, alert, delivered, acknowledged, overdue }: Warned): readonly string[] {
  const { hits = 0, events = 0, falseAlarms = 0 } = rule.backtest ?? {};
  const [message] = alert.messages;
  return [
    `Early warning: '${rule.title}' saw ${hits} of ${events} past surges, with ${falseAlarms} false alarms; a second actor activated it.`,
    `  ${message?.infos[0]?.headline ?? ''}`,
    `  ${alert.provenance?.explanation ?? ''}`,
    `  delivered to ${[...delivered].map(([agency, alerts]) => `${agency} (${alerts})`).join(', ')}; acknowledged by ${agencyOf(acknowledged.focalPoint)}, overdue at ${agencyOf(overdue.focalPoint)}`,
  ];
}

function following({ recommendations, status, refusal, flows, reports, deliveredUsd }: FollowedUp): readonly string[] {
  return [
    `Follow-up: ${status.recommendations} recommendations were adopted, ${status.blocked} of them is blocked by an open obstacle (called implemented: refused, ${refusal}).`,
    ...recommendations.flatMap((recommendation) => recommendation.addressees.map((addressee) => `  ${standing(recommendation, addressee)}`)),
    `  contributions: ${flows} flows in ${reports} reports, ${deliveredUsd} US dollars delivered`,
  ];
}

function standing({ reference }: Recommendation, { agency, implementation, verification, timeliness, obstacles }: Addressee): string {
  const words = [
    wordOf(Implementation, implementation, 'IMPLEMENTATION_'),
    ...(verification === Verification.VERIFICATION_UNSPECIFIED ? [] : [wordOf(Verification, verification, 'VERIFICATION_')]),
    ...(timeliness === Timeliness.TIMELINESS_OVERDUE ? ['overdue'] : []),
    ...(obstacles.some(({ resolveTime }) => resolveTime === undefined) ? ['blocked'] : []),
  ];
  return `${reference} ${agencyOf(agency)}: ${words.join(', ')}`;
}

/** The agency of a resource name below it. */
const agencyOf = (name: string): string => name.split('/')[1] ?? name;

const who = ({ actor }: Seat): string => agencyOf(actor);

const purposeOf = ({ purpose }: Seat): string => wordOf(Purpose, purpose, 'PURPOSE_');

/** `PURPOSE_EARLY_WARNING` is `early warning`. */
function wordOf(values: Readonly<Record<string, number>>, value: number, prefix: string): string {
  const [name = ''] = Object.entries(values).find(([, each]) => each === value) ?? [];
  return name.slice(prefix.length).toLowerCase().replaceAll('_', ' ');
}
