import type { Documents, PendingEvent } from '@corridor/documents';
import type { AgencyId, Clock } from '@corridor/kernel';
import type { ActorRef, Contains, Precision } from '@corridor/policy';
import type { PolicyView, Report } from '@corridor/runtime';
import type { SpanBudget } from '@corridor/telemetry';
import type { Alert, AlertChange, ErasedAlert } from '../domain/alert.ts';
import type { Rule, RuleChange } from '../domain/rule.ts';
import type { PlaceWords } from '../domain/wording.ts';
import type { Admission } from './admission.ts';
import type { Observations } from './observations.ts';

/** What is stored of an alert. */
export type StoredAlert = Alert | ErasedAlert;

/** Places as the service asks for them. */
export interface Places {
  readonly contains: Contains;
  isPlace(id: string): boolean;
  /** How fine a place is. */
  precisionOf(id: string): Precision;
  words(id: string): PlaceWords;
}

/** What the use cases work on. */
export interface EarlyWarning {
  /** The agency of the registry that the service acts for. */
  readonly agency: AgencyId;
  readonly rules: Documents<Rule>;
  readonly alerts: Documents<StoredAlert>;
  readonly observations: Observations;
  readonly admission: Admission;
  readonly policy: PolicyView;
  readonly places: Places;
  readonly clock: Clock;
  readonly report: Report;
  /** Of the spans of what readers are told. */
  readonly spans: SpanBudget;
  /** The event of a change as it is stored and published. */
  ruleEvent(change: RuleChange, by: ActorRef): PendingEvent;
  /** The event of a change, sealed; `by` is absent for the service itself. */
  alertEvent(change: AlertChange, by?: ActorRef): Promise<PendingEvent>;
  /** Called when something was committed that is due at a time. */
  due(): void;
}

/** Whether something contains something else; where that cannot be said it does not. */
export const surely =
  (contains: Contains) =>
  (outer: string, inner: string): boolean =>
    contains(outer, inner) === true;
