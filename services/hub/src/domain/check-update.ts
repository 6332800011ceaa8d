import { validateTable } from '@corridor/disclosure';
import { CorridorError } from '@corridor/kernel';
import type { Category, Granularity, Period } from '@corridor/policy';
import type { Content, Update } from './update.ts';

const DAY = 86_400_000;
/** The first moment an update may be about. */
const EARLIEST = Date.UTC(1900, 0, 1);

const refuse = (field: string, message: string): never => {
  throw new CorridorError('INVALID_ARGUMENT', `${field} ${message}`, { field });
};

/** Which content each category takes; categories that are not here cannot be published yet. */
const CONTENT_OF: Partial<Record<Category, Content['kind']>> = { movement: 'movement', rescue: 'rescue', crisis: 'crisis' };

/**
 * Checks what no type can: that the content belongs to the category, that the period lies on the boundaries it claims,
 * that a measure fits its period, that tables add up.
 * @throws CorridorError INVALID_ARGUMENT whose metadata `field` names what is wrong.
 */
export function checkUpdate(update: Update, category: Category, field: string): void {
  const { content, period } = update;
  checkPeriod(period, `${field}.period`);
  if (content.kind === 'retraction') {
    if (update.replaces === 0) refuse(`${field}.replaces_version`, 'must name the version that is retracted');
    return;
  }
  const expected = CONTENT_OF[category];
  if (expected === undefined) refuse('category', `${category} cannot be published yet`);
  if (content.kind !== expected) refuse(`${field}.content`, `must be a ${expected} report in the category ${category}`);
  switch (content.kind) {
    case 'movement':
      return validateTable(content.table);
    case 'rescue':
    case 'crisis':
      if (content.people.breakdown !== 'none' && content.people.breakdown !== 'nationality') {
        refuse(`${field}.breakdown`, 'must be by nationality or none');
      }
      return validateTable(content.people);
  }
}

function checkPeriod({ start, end, granularity }: Period, field: string): void {
  if (start < EARLIEST) refuse(field, 'must not start before 1900');
  if (end <= start) refuse(field, 'must end after its start');
  if (end !== endOf(start, granularity) && granularity !== 'custom') {
    refuse(field, `must be one whole ${granularity} in UTC`);
  }
}

/** The end of the period of a granularity that starts at `start`; NaN when none starts there. */
function endOf(start: number, granularity: Granularity): number {
  const at = new Date(start);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  if (start % DAY !== 0) return Number.NaN;
  switch (granularity) {
    case 'day':
      return start + DAY;
    case 'week':
      return at.getUTCDay() === 1 ? start + 7 * DAY : Number.NaN;
    case 'month':
      return day === 1 ? Date.UTC(year, month + 1, 1) : Number.NaN;
    case 'quarter':
      return day === 1 && month % 3 === 0 ? Date.UTC(year, month + 3, 1) : Number.NaN;
    case 'year':
      return day === 1 && month === 0 ? Date.UTC(year + 1, 0, 1) : Number.NaN;
    case 'custom':
      return Number.NaN;
  }
}
