import type { AgencyId, Uuid } from '@corridor/kernel';
import { SEVERITIES, tightened, type ActorRef, type Category, type Handling, type Obligations, type Period, type Severity, type UpdateClass } from '@corridor/policy';
import type { AcknowledgementTerms } from './acknowledgement.ts';
import type { CapMessage } from './cap.ts';
import { dutyDue, dutyVersion, type Duty, type FocalPointRef } from './duty.ts';
import type { Track } from './observation.ts';
import { DRAFTED, type AlertStatus } from './rule.ts';
import type { AlertTopic } from './topic.ts';

export type AlertState = 'draft' | 'open' | 'cancelled' | 'expired';

/** Where what a rule raised comes from. */
export interface Provenance {
  readonly rule: string;
  readonly edition: number;
  /** Names of report versions, `…/updates/{update}@{version}`. */
  readonly inputs: readonly string[];
  readonly explanation: string;
  /** Per cent. */
  readonly strength: number;
  readonly period: Period;
}

/** An alarm that an alert tells of and that no correction has taken away. */
export interface StandingAlarm {
  /** The number of its period. */
  readonly number: number;
  /** What it says, see `saying`. */
  readonly saying: string;
  /** The index of the message that says it. */
  readonly message: number;
  readonly provenance: Provenance;
}

/** What a rule raised on one track: one alarm after the other. */
export interface Episode {
  readonly rule: string;
  readonly edition: number;
  readonly track: Track;
  /** By number. */
  readonly alarms: readonly StandingAlarm[];
}

/** An alert. Times in milliseconds since the epoch. */
export interface Alert {
  readonly id: Uuid;
  /** From 1. */
  readonly version: number;
  /** How often what its readers see has changed since it was issued, duties aside. */
  readonly changes: number;
  readonly state: AlertState;
  readonly status: AlertStatus;
  /** EXERCISE: which. */
  readonly note: string;
  readonly hazard: string;
  /** Id of a place of the gazetteer. */
  readonly area: string;
  readonly category: Category;
  readonly handling: Handling;
  /** The classes of everything it was computed from; none when it was drafted by hand. */
  readonly sources: readonly UpdateClass[];
  /** Oldest first. */
  readonly messages: readonly CapMessage[];
  readonly provenance?: Provenance;
  readonly episode?: Episode;
  readonly acknowledgement?: AcknowledgementTerms;
  readonly duties: readonly Duty[];
  readonly author?: ActorRef;
  readonly createdAt: number;
  /** When it was raised or issued; absent: it is a draft, or was discarded as one. */
  readonly raisedAt?: number;
  readonly expiresAt: number;
  /** The end of its retention. */
  readonly keptUntil: number;
  /** What answers to it link to (W3C Trace Context): where it was raised or drafted; absent where that was not sampled. */
  readonly traceparent?: string;
}

/** What is left of an alert at the end of its retention: that its id is taken. */
export interface ErasedAlert {
  readonly state: 'erased';
  readonly id: Uuid;
}

export type AlertCause =
  | 'alert.raised'
  | 'alert.drafted'
  | 'alert.approved'
  | 'alert.updated'
  | 'alert.cancelled'
  | 'alert.expired'
  | 'duty.escalated'
  | 'duty.overdue'
  | 'duty.acknowledged';

/** A decided change: the alert after it. */
export interface AlertChange {
  readonly cause: AlertCause;
  readonly alert: Alert;
  /** Whose duty has changed, where that is all that has. */
  readonly duty?: FocalPointRef;
}

/** Whether anybody but the early-warning agency may ever have received it. */
export const isIssued = ({ raisedAt }: Pick<Alert, 'raisedAt'>): boolean => raisedAt !== undefined;

/** The series whose access log tells of it: its rule's, or that of what is drafted by hand. */
export const seriesOf = ({ provenance }: Pick<Alert, 'provenance'>): string => provenance?.rule ?? DRAFTED;

/** Its present severity: that of the last message that says one. */
const severityOf = ({ messages }: Pick<Alert, 'messages'>): Severity => messages.findLast(({ infos }) => infos.length > 0)?.infos[0]?.severity ?? 'unknown';

export const topicOf = (alert: Alert): AlertTopic => ({ hazard: alert.hazard, area: alert.area, severity: severityOf(alert) });

/** The gravest severity it ever had. */
export const gravest = ({ messages }: Pick<Alert, 'messages'>): Severity => {
  const had = messages.flatMap(({ infos }) => infos.map(({ severity }) => severity));
  return SEVERITIES.find((severity) => had.includes(severity)) ?? 'unknown';
};

/** When it next changes by itself: a duty's deadline, its expiry, the end of its retention. */
export function nextDue({ state, duties, expiresAt, keptUntil }: Alert): number {
  const deadlines = state === 'open' || state === 'expired' ? duties.map(dutyDue) : [];
  return Math.min(keptUntil, state === 'open' ? expiresAt : Infinity, ...deadlines);
}

/**
 * The alert as an agency may see it: of the duties its own, the author to the early-warning agency alone, and versions
 * counted in what it sees, so that they tell nothing of others.
 * @param obligations under which it is shown; undefined for the early-warning agency, which sees everything
 */
export function shownTo(alert: Alert, reader: AgencyId, obligations: Obligations | undefined): Alert {
  if (obligations === undefined) return alert;
  const { author: _, ...shown } = alert;
  const duties = alert.duties.filter(({ agency }) => agency === reader);
  return {
    ...shown,
    version: alert.changes + duties.reduce((sum, duty) => sum + dutyVersion(duty), 0),
    handling: tightened(alert.handling, obligations),
    duties,
  };
}

/** Whether a change shows to an agency that may see the alert. */
export const changesFor = (duty: FocalPointRef | undefined, reader: AgencyId, own: AgencyId): boolean =>
  duty === undefined || reader === own || duty.agency === reader;
