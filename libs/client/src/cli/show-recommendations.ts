import type { GetStatusResponse } from '@corridor/contracts/followup/v1/followup';
import type { Addressee, Obstacle, ProgressReport, Recommendation } from '@corridor/contracts/followup/v1/resources';
import { IMPLEMENTATIONS, POSITIONS, THEMES, TIMELINESS, VERIFICATIONS } from '../enum-words.ts';
import { standing } from '../recommendation-files/index.ts';
import { handlingText } from './show-updates.ts';
import { facts, table } from './table.ts';

/** So much of a text stands in a table. */
const SHORT = 60;
const short = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > SHORT ? `${line.slice(0, SHORT - 1)}…` : line;
};

/** Recommendations, one line each. */
export const recommendationsTable = (recommendations: readonly Recommendation[]): string =>
  table(
    ['RECOMMENDATION', 'MEETING', 'AREA', 'DUE', 'STANDING', 'TEXT'],
    recommendations.map((r) => [r.name, r.meeting, r.area, day(r.dueTime), r.duplicateOf === '' ? r.addressees.map(standing).join('; ') : 'repeat', short(r.text)]),
  );

const day = (time: Date | undefined): string => time?.toISOString().slice(0, 10) ?? '-';

/** A recommendation with what each addressee has done. */
export function recommendationInFull(recommendation: Recommendation): string {
  const head = facts([
    ['recommendation', recommendation.name],
    ['meeting', recommendation.meeting],
    ['reference', recommendation.reference],
    ['text', recommendation.text],
    ['themes', recommendation.themes.map((theme) => THEMES.of(theme)).join(' ')],
    ['made by', recommendation.recommender],
    ['area', recommendation.area],
    ['due', recommendation.dueTime?.toISOString() ?? ''],
    ['repeats', recommendation.duplicateOf],
    ['handling', handlingText(recommendation.handling)],
    ['adopted', recommendation.adoptTime?.toISOString() ?? ''],
    ['changed', recommendation.updateTime?.toISOString() ?? ''],
    ['version', String(recommendation.version)],
  ]);
  return [head, ...recommendation.addressees.map(addresseeText)].join('\n');
}

function addresseeText(addressee: Addressee): string {
  const head = facts([
    ['addressee', addressee.agency],
    ['position', `${POSITIONS.of(addressee.position)}${addressee.positionText === '' ? '' : `: ${addressee.positionText}`}`],
    ['implementation', IMPLEMENTATIONS.of(addressee.implementation)],
    ['verification', VERIFICATIONS.of(addressee.verification)],
    ['timeliness', TIMELINESS.of(addressee.timeliness)],
  ]);
  return [head, ...addressee.reports.map(reportText), ...addressee.obstacles.map(obstacleText)].join('');
}

const reportText = (report: ProgressReport): string =>
  facts([
    ['  report', `${report.reportId}, ${report.time?.toISOString() ?? '-'}, by ${report.actor}`],
    ['  says', `${IMPLEMENTATIONS.of(report.implementation)}: ${report.text}`],
    ['  evidence', report.evidence.map(({ title, uri }) => `${title}: ${uri}`).join('; ')],
    ['  verification', `${VERIFICATIONS.of(report.verification)}${report.verifiedBy === '' ? '' : ` by ${report.verifiedBy}`}${report.verificationText === '' ? '' : `: ${report.verificationText}`}`],
  ]);

const obstacleText = (obstacle: Obstacle): string =>
  facts([
    ['  obstacle', `${obstacle.obstacleId}, ${obstacle.openTime?.toISOString() ?? '-'}, by ${obstacle.reportedBy}`],
    ['  is', obstacle.text],
    ['  to be removed', `by ${obstacle.owner}${obstacle.remedy === '' ? '' : `: ${obstacle.remedy}`}`],
    ['  resolved', obstacle.resolveTime === undefined ? '' : `${obstacle.resolveTime.toISOString()}: ${obstacle.resolution}`],
  ]);

/** How many stand where. */
export const statusText = ({ counts, recommendations, blocked }: GetStatusResponse): string =>
  [
    table(
      ['POSITION', 'IMPLEMENTATION', 'VERIFICATION', 'TIMELINESS', 'COUNT'],
      counts.map((c) => [POSITIONS.of(c.position), IMPLEMENTATIONS.of(c.implementation), VERIFICATIONS.of(c.verification), TIMELINESS.of(c.timeliness), String(c.count)]),
    ),
    facts([
      ['recommendations', `${recommendations}, repeats left out`],
      ['with an open obstacle', String(blocked)],
    ]),
  ].join('\n');
