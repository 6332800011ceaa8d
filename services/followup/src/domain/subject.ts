import { derivedUuid, utf8, type AgencyId, type SeriesId, type Uuid } from '@corridor/kernel';
import { retentionEnd, retentionMonth, type Handling } from '@corridor/policy';

/** What decides who may see an object. */
export interface Subject {
  /** Whose it is: the secretariat's, or that of the agency that keeps it. */
  readonly owner: AgencyId;
  /** The dataset of the owner that it belongs to. */
  readonly series: SeriesId;
  /** How records name it. */
  readonly ref: Uuid;
  readonly handling: Handling;
  /** A place of the gazetteer; absent where it is about none: then policy admits nobody, and only its own may see it. */
  readonly area?: string;
  /** The agencies that it concerns: they may see it whatever policy says of others. */
  readonly addressees: readonly AgencyId[];
  /** From when its retention counts; milliseconds since the epoch. */
  readonly since: number;
}

/** The series of an object as a whole, as records name what was counted: by an id that follows from its name. */
export const seriesItself = (subject: Subject): Subject => ({ ...subject, ref: derivedUuid(0, utf8(`agencies/${subject.owner}/series/${subject.series}`)) });

/** The end of its retention, milliseconds since the epoch. */
export const keptUntil = ({ handling, since }: Pick<Subject, 'handling' | 'since'>): number => retentionEnd(since, handling.retentionDays);

/** The data key that it is sealed under, wherever it is stored. */
export const dataKeyOf = (subject: Pick<Subject, 'owner' | 'series' | 'handling' | 'since'>) => ({
  owner: subject.owner,
  series: subject.series,
  month: retentionMonth(keptUntil(subject), 0),
});
