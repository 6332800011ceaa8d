import type { Entitlement, Entitlements, RecordBook } from '@corridor/entitlement';
import { seriesId, type AgencyId, type Clock } from '@corridor/kernel';
import { keyedClass, mayBeTold, type ActorRef, type Decision, type KeyedClass, type Obligations, type PolicyRevision, type Precision, type Purpose } from '@corridor/policy';
import type { PolicyView, UpdateRef } from '@corridor/runtime';
import { isIssued, seriesOf, type Alert } from '../domain/alert.ts';

/** What alerts are received for. */
const PURPOSE: Purpose = 'early-warning';

export interface AdmissionDependencies {
  readonly agency: AgencyId;
  readonly entitlements: Entitlements;
  readonly book: RecordBook;
  readonly policy: PolicyView;
  readonly clock: Clock;
  precisionOf(place: string): Precision;
}

/** Who asks: an actor in person, or on behalf of its agency as a whole, to which nothing that is RED goes. */
export interface Reader extends ActorRef {
  readonly inPerson: boolean;
}

/** That a reader may have an alert. */
export interface Admitted {
  /** Under which obligations; undefined for the early-warning agency, which sees everything. */
  readonly obligations: Obligations | undefined;
  /** Under which revision it was decided. */
  readonly revision: PolicyRevision;
  /** Whether it still may. Asked last, with nothing to wait for between the answer and the act. */
  stands(): boolean;
}
export interface Refused {
  readonly reasons: readonly string[];
  readonly revision: PolicyRevision;
}

export const isAdmitted = (answer: Admitted | Refused): answer is Admitted => 'stands' in answer;

/** As records name an alert: a report of the early-warning agency in the series of its rule. */
export const alertRef = (agency: AgencyId, alert: Alert): UpdateRef => ({ owner: agency, series: seriesId(seriesOf(alert)), update: alert.id });

/**
 * Who may receive which alert. An agency may when it may receive the alert itself and everything it was computed from,
 * all for early warning and under one revision, in views that hide nothing that the early-warning agency's own views
 * show. The agency's own actors see everything. Every decision is on record before anything follows from it.
 */
export class Admission {
  readonly #deps: AdmissionDependencies;

  constructor(deps: AdmissionDependencies) {
    this.#deps = deps;
  }

  /** @throws CorridorError POLICY_UNCONFIRMED */
  async decide(alert: Alert, reader: Reader): Promise<Admitted | Refused> {
    const { agency, policy } = this.#deps;
    const { revision } = await policy.current();
    if (alert.keptUntil <= this.#deps.clock.now()) return { reasons: ['RETENTION_PASSED'], revision };
    if (reader.agency === agency) return { obligations: undefined, revision, stands: () => alert.keptUntil > this.#deps.clock.now() };
    if (!isIssued(alert)) return { reasons: [], revision };
    return this.#decideFor(alert, reader);
  }

  async #decideFor(alert: Alert, reader: Reader): Promise<Admitted | Refused> {
    const { entitlements, agency, clock } = this.#deps;
    const own = keyedClass({ owner: agency, series: alertRef(agency, alert).series, category: alert.category, handling: alert.handling, area: alert.area });
    const sources = alert.sources.map((source) => keyedClass(source));
    const theirs = reader.inPerson ? entitlements.of(reader, PURPOSE, alert.handling) : entitlements.ofAgency(reader.agency, PURPOSE);
    const ours = entitlements.ofAgency(agency, PURPOSE);
    for (;;) {
      const [decisions, computedFrom] = await Promise.all([decided(theirs, [own, ...sources]), decided(ours, sources)]);
      const { revision } = theirs;
      const answer = this.#answer(alert, decisions, computedFrom);
      const stands = (): boolean => theirs.holds([own, ...sources], decisions) && holds(ours, sources, computedFrom) && alert.keptUntil > clock.now();
      if (!theirs.holds([own, ...sources], decisions) || !holds(ours, sources, computedFrom)) continue;
      return 'reasons' in answer ? { ...answer, revision } : { obligations: answer, revision, stands };
    }
  }

  #answer({ area }: Alert, [own, ...theirs]: readonly Decision[], ours: readonly Decision[]): Obligations | { readonly reasons: readonly string[] } {
    const denied = [own, ...theirs].flatMap((decision) => (decision?.outcome === 'deny' ? decision.reasons : []));
    if (own?.outcome !== 'allow' || denied.length > 0) return { reasons: [...new Set(denied)] };
    const precision = this.#deps.precisionOf(area);
    // Of the alert itself everything is shown; what its label allows is how fine a place it may name.
    const tells = mayBeTold(own.obligations, { ...own.obligations, form: 'masked' }, precision);
    const each = theirs.every((decision, i) => {
      const computed = ours[i];
      return decision.outcome === 'allow' && computed?.outcome === 'allow' && mayBeTold(decision.obligations, computed.obligations, precision);
    });
    return tells && each ? own.obligations : { reasons: ['ORIGIN_FIREWALL'] };
  }

  /** Puts on record what a reader is shown, before it is. */
  read(alerts: readonly Alert[], actor: ActorRef, revision: PolicyRevision): Promise<void> {
    const { agency, book } = this.#deps;
    return book.read({ actor, purpose: PURPOSE, shown: alerts.map((alert) => alertRef(agency, alert)), revision });
  }

  /** Puts on record what a reader was refused. */
  refuse(refused: UpdateRef, reasons: readonly string[], actor: ActorRef, revision: PolicyRevision): Promise<void> {
    return this.#deps.book.read({ actor, purpose: PURPOSE, shown: [], refused: { update: refused, reasons }, revision });
  }
}

const decided = async (entitlement: Entitlement, classes: readonly KeyedClass[]): Promise<readonly Decision[]> =>
  classes.length === 0 ? [] : (entitlement.known(classes) ?? (await entitlement.decide(classes)));

const holds = (entitlement: Entitlement, classes: readonly KeyedClass[], decisions: readonly Decision[]): boolean =>
  classes.length === 0 || entitlement.holds(classes, decisions);
