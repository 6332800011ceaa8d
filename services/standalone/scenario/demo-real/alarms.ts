import type { Detections } from './detections.ts';

/** Detections of one route and mode by month, `YYYY-MM`, in the order of the months. */
export type MonthlyCounts = ReadonlyMap<string, number>;

/** Whether the month at an index of these counts is an alarm. */
export type Alarming = (counts: readonly number[], index: number) => boolean;

/** The counts of a route and mode, added up over nationalities, from the cells of the file. */
export function countsOf({ cells }: Pick<Detections, 'cells'>, route: string, mode: string): MonthlyCounts {
  const counts = [...cells].flatMap(([key, table]): readonly (readonly [string, number])[] => {
    const [month = '', itsRoute, itsMode] = key.split('|');
    return itsRoute === route && itsMode === mode ? [[month.slice(0, 7), [...table.values()].reduce((sum, count) => sum + count, 0)]] : [];
  });
  return new Map(counts.toSorted(([a], [b]) => a.localeCompare(b)));
}

/** The months that are alarms. The file has a table for every month, so that the one before is the month before. */
export function alarmMonths(counts: MonthlyCounts, alarming: Alarming): readonly string[] {
  const values = [...counts.values()];
  return [...counts.keys()].filter((_, index) => alarming(values, index));
}

/** At or above a count. */
export const surpassing =
  (least: number): Alarming =>
  (counts, index) =>
    (counts[index] ?? 0) >= least;

/** Above the mean of the months before by so many per cent, where that mean is large enough. */
export const rising =
  (perCent: number, window: number, leastMean: number): Alarming =>
  (counts, index) => {
    const before = counts.slice(Math.max(0, index - window), index);
    const mean = before.reduce((sum, count) => sum + count, 0) / before.length;
    return before.length === window && mean >= leastMean && (counts[index] ?? 0) >= (mean * (100 + perCent)) / 100;
  };
