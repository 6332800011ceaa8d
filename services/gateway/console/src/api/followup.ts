import { WORDS_EN as WORDS } from '../messages/words.en.ts';
import { get, post } from './call.ts';
import { handling } from './common.ts';
import { integer, list, object, oneOf, optional, type Read, text, time } from './json.ts';
import type { ImplementationName, PositionName, ThemeName } from './vocabulary.ts';

const report = object({
  reportId: text,
  actor: text,
  time,
  implementation: oneOf(WORDS.implementation),
  text,
  evidence: list(object({ uri: text, title: text })),
  verification: oneOf(WORDS.verification),
  verifiedBy: text,
  verificationText: text,
});
export type ProgressReport = Read<typeof report>;

const obstacle = object({ obstacleId: text, text, owner: text, remedy: text, reportedBy: text, openTime: optional(time), resolveTime: optional(time), resolution: text });
export type Obstacle = Read<typeof obstacle>;

const addressee = object({
  agency: text,
  position: oneOf(WORDS.position),
  positionText: text,
  implementation: oneOf(WORDS.implementation),
  verification: oneOf(WORDS.verification),
  timeliness: oneOf(WORDS.timeliness),
  reports: list(report),
  obstacles: list(obstacle),
});
/** What one addressed agency has done: four axes, none of which follows from another but timeliness. */
export type Addressee = Read<typeof addressee>;

const recommendation = object({
  name: text,
  version: integer,
  meeting: text,
  reference: text,
  text,
  themes: list(oneOf(WORDS.theme)),
  recommender: text,
  area: text,
  handling: optional(handling),
  dueTime: optional(time),
  addressees: list(addressee),
  duplicateOf: text,
  adoptTime: optional(time),
  updateTime: optional(time),
});
export type Recommendation = Read<typeof recommendation>;

/** Which recommendations. An empty value means every one. */
export interface RecommendationQuery {
  readonly theme: ThemeName | '';
  readonly implementation: ImplementationName | '';
  readonly addressee: string;
  readonly overdue: boolean;
  readonly blocked: boolean;
  /** RFC 3339; '' for now. */
  readonly asOf: string;
}

const filterOf = ({ theme, implementation, addressee: agency, overdue, blocked }: RecommendationQuery) => ({
  'filter.themes': theme,
  'filter.implementations': implementation,
  'filter.addressees': agency,
  'filter.overdue': overdue || undefined,
  'filter.blocked': blocked || undefined,
});

const page = object({ recommendations: list(recommendation), nextPageToken: text });
export type RecommendationsPage = Read<typeof page>;

/** @throws Refusal */
export const listRecommendations = (query: RecommendationQuery, pageToken: string, signal: AbortSignal): Promise<RecommendationsPage> =>
  get('followup/list-recommendations', { ...filterOf(query), asOf: query.asOf, pageToken, pageSize: 50 }, page, signal);

const status = object({
  counts: list(object({ position: oneOf(WORDS.position), implementation: oneOf(WORDS.implementation), verification: oneOf(WORDS.verification), timeliness: oneOf(WORDS.timeliness), count: integer })),
  recommendations: integer,
  blocked: integer,
});
/** How many pairs of a recommendation and an addressee stand where. */
export type RecommendationStatus = Read<typeof status>;

/** @throws Refusal */
export const recommendationStatus = (query: RecommendationQuery, signal: AbortSignal): Promise<RecommendationStatus> =>
  get('followup/get-status', { ...filterOf(query), asOf: query.asOf }, status, signal);

const one = object({ recommendation });
/** @throws Refusal */
export const getRecommendation = async (name: string, asOf: string, signal: AbortSignal): Promise<Recommendation> =>
  (await get('followup/get-recommendation', { name, asOf }, one, signal)).recommendation;

const changed = async (operation: string, { name, version }: Recommendation, body: Readonly<Record<string, unknown>>): Promise<Recommendation> =>
  (await post(`followup/${operation}`, { ...body, name, expectedVersion: String(version) }, one)).recommendation;

/** States the position of the own agency. @throws Refusal */
export const setPosition = (of: Recommendation, position: PositionName, said: string): Promise<Recommendation> => changed('set-position', of, { position, text: said });
/** Reports progress of the own agency; `reportId` makes a repeat the same report. @throws Refusal */
export const reportProgress = (
  of: Recommendation,
  body: { readonly reportId: string; readonly implementation: ImplementationName; readonly text: string; readonly evidence: readonly { readonly uri: string; readonly title: string }[] },
): Promise<Recommendation> => changed('report-progress', of, body);
/** Reports an obstacle of the own agency. @throws Refusal */
export const openObstacle = (of: Recommendation, body: { readonly obstacleId: string; readonly text: string; readonly owner: string; readonly remedy: string }): Promise<Recommendation> =>
  changed('open-obstacle', of, body);
/** Resolves an obstacle. @throws Refusal */
export const resolveObstacle = (of: Recommendation, obstacleId: string, resolution: string): Promise<Recommendation> => changed('resolve-obstacle', of, { obstacleId, resolution });
/** Verifies or disputes a report of another agency. @throws Refusal */
export const verifyProgress = (of: Recommendation, reportId: string, verification: 'VERIFICATION_PEER_VERIFIED' | 'VERIFICATION_DISPUTED', said: string): Promise<Recommendation> =>
  changed('verify-progress', of, { reportId, verification, text: said });

const sums = object({ sums: list(object({ area: text, stage: oneOf(WORDS.stage), unit: oneOf(WORDS.unit), amount: integer, flows: integer })), pooled: integer });
/** Sums of contributions by area, stage and unit. */
export type ContributionSums = Read<typeof sums>;
/** @throws Refusal */
export const contributionSums = (asOf: string): Promise<ContributionSums> => post('followup/sum-contributions', asOf === '' ? {} : { asOf }, sums);
