import type { Entitlements, RecordBook } from '@corridor/entitlement';
import type { Clock } from '@corridor/kernel';
import { isSameRevision, keyedClass, retentionEnd, type ActorRef, type Obligations, type PolicyRevision, type PolicyState, type Purpose } from '@corridor/policy';
import type { PolicyView, UpdateRef } from '@corridor/runtime';
import { CATEGORY } from '../domain/conditions.ts';
import { keptUntil, type Subject } from '../domain/subject.ts';

/** What whoever reads follow-up does with it. */
const PURPOSE: Purpose = 'planning';

/** What a reader may see of an object. */
export interface Seen {
  /** Whether the free texts stay out. */
  readonly withoutTexts: boolean;
  readonly revision: PolicyRevision;
  /** Whether it still may. Asked last, with nothing to wait for between the answer and the act. */
  stands(): boolean;
}
export interface Unseen {
  readonly reasons: readonly string[];
  readonly revision: PolicyRevision;
}
export const isSeen = (answer: Seen | Unseen): answer is Seen => 'stands' in answer;

const refOf = ({ owner, series, ref }: Subject): UpdateRef => ({ owner, series, update: ref });

export interface VisibilityDependencies {
  readonly policy: PolicyView;
  readonly entitlements: Entitlements;
  readonly book: RecordBook;
  readonly clock: Clock;
}

/**
 * Who may see which object: its owner, those it concerns, and whom policy admits for planning. RED goes to the named
 * actors alone, to the owner's in person. Decisions and reads are on record before anything is shown.
 */
export class Visibility {
  readonly #deps: VisibilityDependencies;

  constructor(deps: VisibilityDependencies) {
    this.#deps = deps;
  }

  /** @throws CorridorError POLICY_UNCONFIRMED */
  async decide(subject: Subject, reader: ActorRef): Promise<Seen | Unseen> {
    const { policy, clock } = this.#deps;
    const { state, revision } = await policy.current();
    const until = keptUntil(subject);
    if (until <= clock.now()) return { reasons: ['RETENTION_PASSED'], revision };
    if (isConcerned(subject, reader, state)) {
      const stands = (): boolean => policy.confirmed() && isSameRevision(policy.revision, revision) && until > clock.now();
      return { withoutTexts: false, revision, stands };
    }
    if (subject.area === undefined) return { reasons: ['NOT_ADDRESSED'], revision };
    return this.#asPolicyDecides(subject, subject.area, reader);
  }

  async #asPolicyDecides(subject: Subject, area: string, reader: ActorRef): Promise<Seen | Unseen> {
    const { entitlements, clock } = this.#deps;
    const { owner, series, handling, since } = subject;
    const classes = [keyedClass({ owner, series, category: CATEGORY, handling, area })];
    const entitlement = entitlements.of(reader, PURPOSE, handling);
    for (;;) {
      const decisions = entitlement.known(classes) ?? (await entitlement.decide(classes));
      const { revision } = entitlement;
      if (!entitlement.holds(classes, decisions)) continue;
      const [decision] = decisions;
      if (decision?.outcome !== 'allow') return { reasons: decision?.reasons ?? [], revision };
      const until = retentionEnd(since, Math.min(handling.retentionDays, decision.obligations.retentionDays));
      if (until <= clock.now()) return { reasons: ['RETENTION_PASSED'], revision };
      return { withoutTexts: hidesTexts(decision.obligations), revision, stands: () => entitlement.holds(classes, decisions) && until > clock.now() };
    }
  }

  /** Puts on record what a reader is shown, before it is. */
  read(subjects: readonly Subject[], actor: ActorRef, revision: PolicyRevision): Promise<void> {
    return this.#deps.book.read({ actor, purpose: PURPOSE, shown: subjects.map(refOf), revision });
  }

  /** Puts on record what a reader was refused. */
  refuse(subject: Subject, { reasons, revision }: Unseen, actor: ActorRef): Promise<void> {
    return this.#deps.book.read({ actor, purpose: PURPOSE, shown: [], refused: { update: refOf(subject), reasons }, revision });
  }

  /** The revision that answers are given under. @throws CorridorError POLICY_UNCONFIRMED */
  async revision(): Promise<PolicyRevision> {
    return (await this.#deps.policy.current()).revision;
  }
}

/** The owner and those it is addressed to, while they are active; RED those of them who are named, and the owner's own. */
function isConcerned({ owner, addressees, handling }: Subject, { agency, actor }: ActorRef, { agencies }: PolicyState): boolean {
  if (agencies.get(agency)?.state !== 'active') return false;
  if (agency === owner) return true;
  if (!addressees.includes(agency)) return false;
  return handling.tlp !== 'red' || handling.namedActors.some((named) => named.agency === agency && named.actor === actor);
}

/** Texts may tell of persons of any nationality, and in any detail. */
const hidesTexts = ({ firewall, withoutBreakdown }: Obligations): boolean => firewall !== undefined || withoutBreakdown;
