import { agencyId, CorridorError, uuid, type Uuid } from '@corridor/kernel';
import { parseSlug } from '@corridor/runtime';
import type { Plan } from '../domain/plan.ts';

/** Resource names of follow-up (AIP-122). The parsers throw CorridorError INVALID_ID naming the field. */

export const meetingName = (id: string): string => `meetings/${id}`;
export const parseMeetingName = (name: string, field: string): string => parseSlug(after('meetings/', name, field), field);

export const recommendationName = (id: Uuid): string => `recommendations/${id}`;
export const parseRecommendationName = (name: string, field: string): Uuid => uuid(after('recommendations/', name, field), field);

export const planName = ({ agency, id }: Pick<Plan, 'agency' | 'id'>): string => `agencies/${agency}/plans/${id}`;
export function parsePlanName(name: string, field: string): Pick<Plan, 'agency' | 'id'> {
  const [agencies, agency = '', plans, id = '', ...rest] = name.split('/');
  if (agencies !== 'agencies' || plans !== 'plans' || rest.length > 0) throw invalid(field, 'agencies/{agency}/plans/{plan}');
  return { agency: agencyId(agency, field), id: parseSlug(id, field) };
}

export const contributionName = (id: string): string => `contributions/${id}`;

function after(collection: string, name: string, field: string): string {
  if (!name.startsWith(collection)) throw invalid(field, `${collection}{id}`);
  return name.slice(collection.length);
}

const invalid = (field: string, form: string): CorridorError => new CorridorError('INVALID_ID', `${field} must be ${form}`, { field });
