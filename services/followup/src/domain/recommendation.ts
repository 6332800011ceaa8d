import { seriesId, type AgencyId, type Uuid } from '@corridor/kernel';
import type { ActorRef, Handling } from '@corridor/policy';
import type { Evolve } from './history.ts';
import type { Subject } from './subject.ts';
import type { Implementation, Position, Theme, Timeliness, Verification } from './vocabulary.ts';

/** What is linked as evidence; nothing is fetched. */
export interface Evidence {
  readonly uri: string;
  readonly title: string;
}

/** A report of an addressed agency on its progress. Times in milliseconds since the epoch, as everywhere here. */
export interface ProgressReport {
  readonly id: Uuid;
  readonly by: ActorRef;
  readonly at: number;
  readonly implementation: Implementation;
  readonly text: string;
  readonly evidence: readonly Evidence[];
  readonly verification: Verification;
  readonly verifiedBy?: ActorRef;
  readonly verificationText: string;
}

/** What stands in the way of one addressee; an open one blocks `implemented`. */
export interface Obstacle {
  readonly id: Uuid;
  readonly text: string;
  /** Who has to remove it. */
  readonly owner: AgencyId;
  readonly remedy: string;
  readonly reportedBy: ActorRef;
  readonly openedAt: number;
  readonly resolved?: { readonly at: number; readonly how: string };
}

/** What one addressed agency has done: four axes, none of which follows from another but timeliness, which is never stored. */
export interface Addressee {
  readonly agency: AgencyId;
  readonly position?: Position;
  readonly positionText: string;
  readonly implementation: Implementation;
  readonly verification?: Verification;
  /** Oldest first. */
  readonly reports: readonly ProgressReport[];
  readonly obstacles: readonly Obstacle[];
}

/** What a meeting adopted. */
export interface Adopted {
  readonly id: Uuid;
  readonly meeting: string;
  readonly secretariat: AgencyId;
  readonly reference: string;
  readonly text: string;
  readonly themes: readonly Theme[];
  readonly recommender: string;
  readonly area: string;
  readonly handling: Handling;
  readonly dueAt?: number;
  readonly addressees: readonly AgencyId[];
  /** What all of them had said at the meeting. */
  readonly position?: Position;
  readonly duplicateOf?: Uuid;
}

/** A recommendation as it stands. */
export interface Recommendation extends Omit<Adopted, 'addressees' | 'position'> {
  readonly version: number;
  readonly addressees: readonly Addressee[];
  readonly adoptedAt: number;
  readonly updatedAt: number;
}

export type RecommendationEvent =
  | { readonly kind: 'adopted'; readonly adopted: Adopted }
  | { readonly kind: 'position-set'; readonly agency: AgencyId; readonly position: Position; readonly text: string }
  | { readonly kind: 'progress-reported'; readonly agency: AgencyId; readonly report: Pick<ProgressReport, 'id' | 'implementation' | 'text' | 'evidence'> }
  | { readonly kind: 'progress-verified'; readonly agency: AgencyId; readonly report: Uuid; readonly verification: Exclude<Verification, 'self-reported'>; readonly text: string }
  | { readonly kind: 'obstacle-opened'; readonly agency: AgencyId; readonly obstacle: Pick<Obstacle, 'id' | 'text' | 'owner' | 'remedy'> }
  | { readonly kind: 'obstacle-resolved'; readonly agency: AgencyId; readonly obstacle: Uuid; readonly how: string }
  | { readonly kind: 'duplicate-marked'; readonly of?: Uuid };

export const evolveRecommendation: Evolve<Recommendation, RecommendationEvent> = (before, recorded) => {
  const { at, by, event } = recorded;
  if (before === undefined) {
    if (event.kind !== 'adopted') throw new TypeError(`a recommendation begins by being adopted, not ${event.kind}`);
    return adopt(event.adopted, at);
  }
  const next = { ...before, version: before.version + 1, updatedAt: at };
  const of = (agency: AgencyId, change: (addressee: Addressee) => Addressee): Recommendation => ({
    ...next,
    addressees: before.addressees.map((addressee) => (addressee.agency === agency ? change(addressee) : addressee)),
  });
  switch (event.kind) {
    case 'adopted':
      throw new TypeError('a recommendation is adopted once');
    case 'position-set':
      return of(event.agency, (addressee) => ({ ...addressee, position: event.position, positionText: event.text }));
    case 'progress-reported':
      return of(event.agency, (addressee) => ({
        ...addressee,
        implementation: event.report.implementation,
        verification: 'self-reported',
        reports: [...addressee.reports, { ...event.report, by, at, verification: 'self-reported', verificationText: '' }],
      }));
    case 'progress-verified':
      return of(event.agency, (addressee) => verified(addressee, event, by));
    case 'obstacle-opened':
      return of(event.agency, (addressee) => ({ ...addressee, obstacles: [...addressee.obstacles, { ...event.obstacle, reportedBy: by, openedAt: at }] }));
    case 'obstacle-resolved':
      return of(event.agency, (addressee) => ({
        ...addressee,
        obstacles: addressee.obstacles.map((obstacle) => (obstacle.id === event.obstacle ? { ...obstacle, resolved: { at, how: event.how } } : obstacle)),
      }));
    case 'duplicate-marked': {
      const { duplicateOf: _, ...rest } = next;
      return event.of === undefined ? rest : { ...rest, duplicateOf: event.of };
    }
  }
};

function adopt({ position, ...adopted }: Adopted, at: number): Recommendation {
  const addressees = adopted.addressees.map((agency): Addressee => ({
    agency,
    ...(position === undefined ? {} : { position }),
    positionText: '',
    implementation: 'not-started',
    reports: [],
    obstacles: [],
  }));
  return { ...adopted, version: 1, addressees, adoptedAt: at, updatedAt: at };
}

/** The newest report speaks for the addressee; what is said of an older one stays with it. */
function verified(addressee: Addressee, { report, verification, text }: Extract<RecommendationEvent, { kind: 'progress-verified' }>, by: ActorRef): Addressee {
  const reports = addressee.reports.map((one) => (one.id === report ? { ...one, verification, verifiedBy: by, verificationText: text } : one));
  return { ...addressee, reports, ...(addressee.reports.at(-1)?.id === report ? { verification } : {}) };
}

/** Whether an obstacle of the addressee is open. */
export const isBlocked = ({ obstacles }: Pick<Addressee, 'obstacles'>): boolean => obstacles.some(({ resolved }) => resolved === undefined);

/** Whether an addressee is in time at a moment; undefined without a due time. What is done, or does not matter any more, is not overdue. */
export function timelinessOf(dueAt: number | undefined, { implementation }: Pick<Addressee, 'implementation'>, moment: number): Timeliness | undefined {
  if (dueAt === undefined) return undefined;
  const isDone = implementation === 'implemented' || implementation === 'no-longer-relevant';
  return !isDone && dueAt <= moment ? 'overdue' : 'on-time';
}

export const recommendationSubject = ({ id, secretariat, meeting, handling, area, addressees, adoptedAt }: Recommendation): Subject => ({
  owner: secretariat,
  series: seriesId(meeting),
  ref: id,
  handling,
  area,
  addressees: addressees.map(({ agency }) => agency),
  since: adoptedAt,
});

/**
 * The recommendation without the free texts of reports, obstacles and positions: for readers whose view must not tell of
 * persons of some nationality, or of none in detail. What stands on the axes stays.
 */
export const withoutTexts = (recommendation: Recommendation): Recommendation => ({
  ...recommendation,
  addressees: recommendation.addressees.map((addressee) => ({
    ...addressee,
    positionText: '',
    reports: addressee.reports.map((report) => ({ ...report, text: '', evidence: [], verificationText: '' })),
    obstacles: addressee.obstacles.map((obstacle) => ({
      ...obstacle,
      text: '',
      remedy: '',
      ...(obstacle.resolved === undefined ? {} : { resolved: { at: obstacle.resolved.at, how: '' } }),
    })),
  })),
});
