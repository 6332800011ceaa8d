import { canonicalJson, concat, utf8 } from '@corridor/kernel';
import type { Clause } from '@corridor/policy';
import type { Terms } from './agreement.ts';

/** No text signed for another purpose begins with this line. */
const DOMAIN = utf8('corridor.agreement.v1\n');

/**
 * What the parties sign: a line that says what it is, then canonical JSON (RFC 8785) of the terms. Every field stands in
 * it, also empty ones, so that adding a field to the contract later needs a new first line.
 */
export const canonicalText = (terms: Terms): Uint8Array =>
  concat(
    DOMAIN,
    canonicalJson({
      name: `agreements/${terms.id}`,
      title: terms.title,
      template: terms.template,
      parties: terms.parties.map(agency),
      group: terms.group === undefined ? '' : `groups/${terms.group}`,
      clauses: terms.clauses.map(clauseText),
      effectiveTime: new Date(terms.effectiveFrom).toISOString(),
      expireTime: new Date(terms.expiresAt).toISOString(),
    }),
  );

const clauseText = (clause: Clause): Readonly<Record<string, unknown>> => ({
  clauseId: clause.id,
  effect: clause.effect,
  owners: clause.owners.map(agency),
  recipients: clause.recipients.map(agency),
  recipientKinds: clause.recipientKinds,
  categories: clause.categories,
  purposes: clause.purposes,
  areas: clause.areas,
  levels: clause.levels,
  exact: clause.exact,
  onwardSharing: clause.onwardSharing,
  highestPrecision: clause.highestPrecision,
  retentionDays: clause.retentionDays,
  withoutBreakdown: clause.withoutBreakdown,
  secretariatBound: clause.secretariatBound,
  watermark: clause.watermark,
});

const agency = (id: string): string => `agencies/${id}`;
