import { Theme } from '@corridor/contracts/followup/v1/resources';

/**
 * The theme of each issue of the Universal Periodic Review's list (UPR Info). Issues that are not here have the theme of
 * the row's other issues or, where it has none, the default.
 */
export const ISSUE_THEMES: ReadonlyMap<string, Theme> = new Map([
  ['Asylum-seekers - refugees', Theme.THEME_ACCESS_TO_TERRITORY],
  ['Civil society', Theme.THEME_CAPACITY_BUILDING],
  ['Detention', Theme.THEME_ALTERNATIVES_TO_DETENTION],
  ['Development', Theme.THEME_INTEGRATION],
  ['Disabilities', Theme.THEME_REFERRAL],
  ['ESC rights - general', Theme.THEME_INTEGRATION],
  ['Enforced disappearances', Theme.THEME_VICTIMS_ACCESS_TO_JUSTICE],
  ['Freedom of movement', Theme.THEME_ACCESS_TO_TERRITORY],
  ['Human rights education and training', Theme.THEME_CAPACITY_BUILDING],
  ['Human rights violations by state agents', Theme.THEME_VICTIMS_ACCESS_TO_JUSTICE],
  ['Impunity', Theme.THEME_VICTIMS_ACCESS_TO_JUSTICE],
  ['Internally displaced persons', Theme.THEME_RECEPTION],
  ['International humanitarian law', Theme.THEME_LAW_ALIGNMENT],
  ['International instruments', Theme.THEME_LAW_ALIGNMENT],
  ['Justice', Theme.THEME_VICTIMS_ACCESS_TO_JUSTICE],
  ['Labour', Theme.THEME_INTEGRATION],
  ['Migrants', Theme.THEME_LAW_ALIGNMENT],
  ['Minorities', Theme.THEME_INTEGRATION],
  ['National plan of action', Theme.THEME_CAPACITY_BUILDING],
  ['Public security', Theme.THEME_SECURITY],
  ['Racial discrimination', Theme.THEME_INTEGRATION],
  ['Right to education', Theme.THEME_INTEGRATION],
  ['Right to health', Theme.THEME_HEALTH],
  ['Right to housing', Theme.THEME_RECEPTION],
  ['Rights of the Child', Theme.THEME_REFERRAL],
  ['Special procedures', Theme.THEME_LAW_ALIGNMENT],
  ['Technical assistance and cooperation', Theme.THEME_CAPACITY_BUILDING],
  ['Torture and other CID treatment', Theme.THEME_VICTIMS_ACCESS_TO_JUSTICE],
  ['Trafficking', Theme.THEME_IDENTIFICATION],
  ['Treaty bodies', Theme.THEME_LAW_ALIGNMENT],
  ["Women's rights", Theme.THEME_REFERRAL],
]);

/** Themes of one recommendation, at most (contract). */
const MOST = 8;

/** The themes of a row's issues, each once, in the order of the issues. */
export function themesOf(issues: readonly string[], otherwise: Theme): readonly Theme[] {
  const themes = new Set(issues.flatMap((issue) => ISSUE_THEMES.get(issue) ?? []));
  return themes.size === 0 ? [otherwise] : [...themes].slice(0, MOST);
}
