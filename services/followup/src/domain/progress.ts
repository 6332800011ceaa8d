import { checkProse, checkText, CorridorError, forbid, refuse, type AgencyId, type Uuid } from '@corridor/kernel';
import { focalPointsFor, mayAnswer, type ActorRef, type PolicyState, type Role } from '@corridor/policy';
import type { Places } from './places.ts';
import { isBlocked, type Addressee, type Evidence, type Obstacle, type ProgressReport, type Recommendation, type RecommendationEvent } from './recommendation.ts';
import type { Implementation, Position, Verification } from './vocabulary.ts';

const MAX_TEXT = 4000;
const MAX_VERIFICATION = 2000;
const MAX_OBSTACLE = 1000;
const MAX_EVIDENCE = 20;
const MAX_URI = 2000;
const MAX_TITLE = 300;
const MAX_REPORTS = 200;
const MAX_OBSTACLES = 100;

/** Somebody who does something, with what policy knows of it. */
export interface Acting extends ActorRef {
  readonly roles: ReadonlySet<Role>;
}

/** States the position of an addressed agency. @throws PERMISSION_DENIED, INVALID_ARGUMENT */
export function decidePosition(recommendation: Recommendation, by: Acting, position: Position, text: string): RecommendationEvent {
  addresseeOf(recommendation, by.agency);
  return { kind: 'position-set', agency: by.agency, position, text: checkProse(text, 0, MAX_TEXT, 'text') };
}

/** What an agency reports. */
export type NewReport = Pick<ProgressReport, 'id' | 'implementation' | 'text' | 'evidence'>;

/**
 * Reports progress of an addressed agency; undefined when this report is there already. `implemented` is refused while
 * one of its obstacles is open.
 * @throws CorridorError PERMISSION_DENIED, INVALID_ARGUMENT, STATE_FORBIDS, ALREADY_EXISTS
 */
export function decideReport(recommendation: Recommendation, by: Acting, report: NewReport): RecommendationEvent | undefined {
  const addressee = addresseeOf(recommendation, by.agency);
  checkProse(report.text, 1, MAX_TEXT, 'text');
  if (report.evidence.length > MAX_EVIDENCE) refuse('evidence', `takes at most ${MAX_EVIDENCE}`);
  report.evidence.forEach((evidence, i) => checkEvidence(evidence, `evidence[${i}]`));
  const taken = allReports(recommendation).find(({ id }) => id === report.id);
  if (taken !== undefined) return repeated(addressee.reports.includes(taken) && sameReport(taken, report), 'report_id');
  if (report.implementation === 'implemented') requireUnblocked(addressee);
  if (addressee.reports.length >= MAX_REPORTS) forbid(`an agency reports at most ${MAX_REPORTS} times on one recommendation`);
  return { kind: 'progress-reported', agency: by.agency, report };
}

/** @throws CorridorError STATE_FORBIDS */
function requireUnblocked(addressee: Addressee): void {
  if (isBlocked(addressee)) forbid('an obstacle is open: what it blocks cannot be called implemented');
}

/**
 * Verifies or disputes a report of another agency. @throws CorridorError FOUR_EYES, NOT_FOUND, INVALID_ARGUMENT, STATE_FORBIDS
 */
export function decideVerification(
  recommendation: Recommendation,
  by: Acting,
  report: Uuid,
  verification: Verification,
  text: string,
): RecommendationEvent {
  if (verification === 'self-reported') refuse('verification', 'must be PEER_VERIFIED or DISPUTED');
  const addressee = recommendation.addressees.find(({ reports }) => reports.some(({ id }) => id === report));
  if (addressee === undefined) throw new CorridorError('NOT_FOUND', 'the recommendation has no report of this id', { field: 'report_id' });
  if (addressee.agency === by.agency) throw new CorridorError('FOUR_EYES', 'another agency than the one that reported has to say so');
  checkProse(text, verification === 'disputed' ? 1 : 0, MAX_VERIFICATION, 'text');
  return { kind: 'progress-verified', agency: addressee.agency, report, verification, text };
}

/** What an agency says stands in its way. */
export type NewObstacle = Pick<Obstacle, 'id' | 'text' | 'owner' | 'remedy'>;

/** Reports an obstacle of an addressed agency; undefined when it is there already. @throws PERMISSION_DENIED, INVALID_ARGUMENT, STATE_FORBIDS, ALREADY_EXISTS */
export function decideObstacle(recommendation: Recommendation, by: Acting, obstacle: NewObstacle): RecommendationEvent | undefined {
  const addressee = addresseeOf(recommendation, by.agency);
  checkProse(obstacle.text, 1, MAX_OBSTACLE, 'text');
  checkProse(obstacle.remedy, 0, MAX_OBSTACLE, 'remedy');
  const taken = recommendation.addressees.flatMap(({ obstacles }) => obstacles).find(({ id }) => id === obstacle.id);
  if (taken !== undefined) return repeated(addressee.obstacles.includes(taken) && sameObstacle(taken, obstacle), 'obstacle_id');
  requireConcerned(recommendation, obstacle.owner);
  if (addressee.implementation === 'implemented') forbid('what is implemented has no obstacle; report that it is not');
  if (addressee.obstacles.length >= MAX_OBSTACLES) forbid(`an agency reports at most ${MAX_OBSTACLES} obstacles to one recommendation`);
  return { kind: 'obstacle-opened', agency: by.agency, obstacle };
}

/** Nobody else is sure to see what it has to remove. @throws CorridorError INVALID_ARGUMENT */
function requireConcerned({ secretariat, addressees }: Recommendation, owner: AgencyId): void {
  if (owner !== secretariat && !addressees.some(({ agency }) => agency === owner)) refuse('owner', 'must be the secretariat or an addressed agency');
}

/** Resolves an obstacle; undefined when it is resolved. @throws CorridorError NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT */
export function decideResolution(recommendation: Recommendation, by: Acting, id: Uuid, how: string): RecommendationEvent | undefined {
  checkProse(how, 1, MAX_OBSTACLE, 'resolution');
  const addressee = recommendation.addressees.find(({ obstacles }) => obstacles.some((obstacle) => obstacle.id === id));
  const obstacle = addressee?.obstacles.find((one) => one.id === id);
  if (addressee === undefined || obstacle === undefined) {
    throw new CorridorError('NOT_FOUND', 'the recommendation has no obstacle of this id', { field: 'obstacle_id' });
  }
  if (by.agency !== obstacle.owner && by.agency !== obstacle.reportedBy.agency) {
    throw new CorridorError('PERMISSION_DENIED', 'only the agency that has to remove the obstacle, or that reported it, resolves it');
  }
  return obstacle.resolved === undefined ? { kind: 'obstacle-resolved', agency: addressee.agency, obstacle: id, how } : undefined;
}

/**
 * Whether an actor reports for its agency: the focal points of the agency for one of the themes, the holder always and
 * the deputies in the holder's absence; where the agency has named none, its publishers.
 * @param now milliseconds since the epoch
 * @throws CorridorError PERMISSION_DENIED
 */
export function requireReporter({ themes, area }: Recommendation, by: Acting, state: PolicyState, now: number, { contains }: Places): void {
  const points = themes.flatMap((theme) => focalPointsFor(state, by.agency, { theme, area }, now, contains));
  const may = points.length === 0 ? by.roles.has('publisher') : points.some((point) => mayAnswer(point, by.actor, now, { escalated: false }));
  if (!may) {
    const who = points.length === 0 ? 'a publisher' : 'a focal point for one of its themes';
    throw new CorridorError('PERMISSION_DENIED', `${who} of the agency reports on this recommendation`);
  }
}

/** @throws CorridorError PERMISSION_DENIED unless the recommendation is addressed to the agency */
function addresseeOf({ addressees }: Recommendation, agency: AgencyId): Addressee {
  const addressee = addressees.find((one) => one.agency === agency);
  if (addressee === undefined) throw new CorridorError('PERMISSION_DENIED', 'the recommendation is not addressed to your agency');
  return addressee;
}

function checkEvidence({ uri, title }: Evidence, field: string): void {
  checkText(title, MAX_TITLE, `${field}.title`);
  if (uri.length > MAX_URI || !URL.canParse(uri)) refuse(`${field}.uri`, `must be an address of at most ${MAX_URI} characters`);
  const { protocol, username, password } = new URL(uri);
  if (protocol !== 'https:' || username !== '' || password !== '') refuse(`${field}.uri`, 'must be an https address without a name or password in it');
}

const allReports = ({ addressees }: Recommendation): readonly ProgressReport[] => addressees.flatMap(({ reports }) => reports);

const sameReport = (there: ProgressReport, report: NewReport): boolean => content(pickReport(there)) === content(pickReport(report));
const sameObstacle = (there: Obstacle, obstacle: NewObstacle): boolean => content(pickObstacle(there)) === content(pickObstacle(obstacle));
const pickReport = ({ implementation, text, evidence }: { readonly implementation: Implementation; readonly text: string; readonly evidence: readonly Evidence[] }) => [
  implementation,
  text,
  evidence.map(({ uri, title }) => [uri, title]),
];
const pickObstacle = ({ text, owner, remedy }: Pick<Obstacle, 'text' | 'owner' | 'remedy'>) => [text, owner, remedy];
const content = (value: unknown): string => JSON.stringify(value);

/** A repeat changes nothing; other content under the same id is refused. @throws CorridorError ALREADY_EXISTS */
function repeated(same: boolean, field: string): undefined {
  if (!same) throw new CorridorError('ALREADY_EXISTS', `the ${field} belongs to other content`, { field });
  return undefined;
}
