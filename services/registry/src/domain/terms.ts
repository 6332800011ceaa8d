import { type AgencyId, checkDistinct, checkSpan, checkText, refuse } from '@corridor/kernel';
import type { Clause } from '@corridor/policy';
import { TEMPLATES, type Template, type Terms } from './agreement.ts';
import { canonicalText } from './agreement-text.ts';
import { checkPlaces } from './places.ts';
import type { Gazetteer } from './gazetteer.ts';
import { OPERATOR } from './organisation.ts';

/** Terms as a drafter proposes them. */
export interface ProposedTerms extends Omit<Terms, 'template'> {
  readonly template: string;
}

const MAX_TITLE = 300;
const MAX_PARTIES = 50;
const MAX_CLAUSES = 200;
const MAX_AREAS = 500;
const MAX_VALUES = 100;
const MAX_RETENTION_DAYS = 3660;
const MAX_TEXT_BYTES = 256_000;
/** An area of a clause that contains every place. */
const WORLD = 'WORLD';

/**
 * The terms, when they are sound by themselves; whether parties and group exist is for the caller to find out.
 * @throws INVALID_ARGUMENT, UNKNOWN_PLACE naming the field
 */
export function checkTerms(proposed: ProposedTerms, gazetteer: Gazetteer): Terms {
  checkText(proposed.title, MAX_TITLE, 'agreement.title');
  const template = templateOf(proposed.template);
  checkParties(proposed, template);
  checkSpan(proposed.effectiveFrom, proposed.expiresAt, 'agreement.expire_time');
  if (proposed.clauses.length === 0) refuse('agreement.clauses', 'must not be empty');
  checkDistinct(proposed.clauses.map(({ id }) => id), MAX_CLAUSES, 'agreement.clauses');
  proposed.clauses.forEach((clause, i) => {
    checkClause(clause, proposed.parties, gazetteer, `agreement.clauses[${i}]`);
  });
  const terms = { ...proposed, template };
  if (canonicalText(terms).length > MAX_TEXT_BYTES) refuse('agreement', `must be at most ${MAX_TEXT_BYTES} bytes of canonical text`);
  return terms;
}

function templateOf(text: string): Template {
  return TEMPLATES.find((template) => template === text) ?? refuse('agreement.template', `must be one of ${TEMPLATES.join(', ')}`);
}

function checkParties({ parties, group }: ProposedTerms, template: Template): void {
  const field = 'agreement.parties';
  checkDistinct(parties, MAX_PARTIES, field);
  if (parties.length < 2) refuse(field, 'must be at least two');
  if (parties.some((party) => party === OPERATOR)) refuse(field, 'contains the operator, which takes no part in the exchange');
  if (template === 'bilateral-exchange' && (parties.length !== 2 || group !== undefined)) {
    refuse(field, 'of a bilateral exchange are exactly two, and no group');
  }
}

function checkClause(clause: Clause, parties: readonly AgencyId[], gazetteer: Gazetteer, field: string): void {
  const named = (agencies: readonly AgencyId[], of: string): void => {
    checkDistinct(agencies, MAX_PARTIES, `${field}.${of}`).forEach((agency, i) => {
      if (!parties.includes(agency)) refuse(`${field}.${of}[${i}]`, 'is no party');
    });
  };
  named(clause.owners, 'owners');
  named(clause.recipients, 'recipients');
  checkDistinct(clause.recipientKinds, MAX_VALUES, `${field}.recipient_kinds`);
  checkDistinct(clause.categories, MAX_VALUES, `${field}.categories`);
  checkDistinct(clause.purposes, MAX_VALUES, `${field}.purposes`);
  checkDistinct(clause.levels, MAX_VALUES, `${field}.levels`);
  checkPlaces(clause.areas.filter((area) => area !== WORLD), MAX_AREAS, gazetteer, `${field}.areas`);
  if (clause.retentionDays > MAX_RETENTION_DAYS) refuse(`${field}.retention_days`, `must be 0-${MAX_RETENTION_DAYS}`);
  if (clause.effect === 'prohibit') checkProhibition(clause, field);
}

/** What only a permission can say must not stand in a prohibition: a reader could take it for a condition of it. */
function checkProhibition(clause: Clause, field: string): void {
  const saysMore =
    clause.exact ||
    clause.retentionDays !== 0 ||
    clause.withoutBreakdown ||
    clause.secretariatBound ||
    clause.watermark ||
    clause.onwardSharing !== 'prohibited' ||
    clause.highestPrecision !== 'country';
  if (saysMore) refuse(field, 'is a prohibition and must leave the fields that are for permissions unset');
}
