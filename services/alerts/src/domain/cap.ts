import { type AgencyId, checkProse, checkText, refuse, type Uuid } from '@corridor/kernel';
import type { Severity, Tlp } from '@corridor/policy';

/** Words of the Common Alerting Protocol 1.2 (OASIS, 1 July 2010), section 3.2. */

export const CAP_URGENCIES = ['immediate', 'expected', 'future', 'past', 'unknown'] as const;
export type CapUrgency = (typeof CAP_URGENCIES)[number];

export const CAP_CERTAINTIES = ['observed', 'likely', 'possible', 'unlikely', 'unknown'] as const;
export type CapCertainty = (typeof CAP_CERTAINTIES)[number];

export const CAP_CATEGORIES = ['geo', 'met', 'safety', 'security', 'rescue', 'fire', 'health', 'env', 'transport', 'infra', 'cbrne', 'other'] as const;
export type CapCategory = (typeof CAP_CATEGORIES)[number];

export type CapScope = 'public' | 'restricted' | 'private';
/** The natures of messages that this service sends. */
export type CapMessageType = 'alert' | 'update' | 'cancel';

export interface CapArea {
  readonly description: string;
  /** Id of a place of the gazetteer. */
  readonly place: string;
}

/** What a message says, in one language. Times in milliseconds since the epoch. */
export interface CapInfo {
  /** BCP 47. */
  readonly language: string;
  readonly category: CapCategory;
  readonly event: string;
  readonly urgency: CapUrgency;
  readonly severity: Severity;
  readonly certainty: CapCertainty;
  readonly onset: number;
  readonly expires: number;
  readonly headline: string;
  readonly description: string;
  readonly instruction: string;
  readonly areas: readonly CapArea[];
}

/** How another message is named: `sender,identifier,sent`. */
export interface CapReference {
  readonly identifier: Uuid;
  /** Milliseconds since the epoch, whole seconds. */
  readonly sent: number;
}

/** One message of a thread. Scope, restriction and addresses follow from the handling of the alert and from who reads it. */
export interface CapMessage extends CapReference {
  readonly type: CapMessageType;
  /** The message it supersedes. */
  readonly references: readonly CapReference[];
  readonly note: string;
  readonly infos: readonly CapInfo[];
}

/** Longest life of what a message says, ms. */
const LONGEST = 31_536_000_000;
const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
const MAX_INFOS = 10;
const MAX_AREAS = 20;

/**
 * How soon to act, from the severity of what was observed: extreme at once, severe within the hour, anything less in the
 * near future; unknown when the severity is.
 */
export function urgencyOf(severity: Severity): CapUrgency {
  switch (severity) {
    case 'extreme':
      return 'immediate';
    case 'severe':
      return 'expected';
    case 'moderate':
    case 'minor':
      return 'future';
    case 'unknown':
      return 'unknown';
  }
}

/** Whom a message is for, from the label. */
export function scopeOf(tlp: Tlp): CapScope {
  switch (tlp) {
    case 'clear':
      return 'public';
    case 'green':
    case 'amber':
      return 'restricted';
    case 'amber+strict':
    case 'red':
      return 'private';
  }
}

/** CAP `restriction`: whom a restricted message is for, in words. */
export function restrictionOf(tlp: Tlp, communityGroups: readonly string[]): string {
  switch (tlp) {
    case 'green':
      return `TLP:GREEN: members of ${communityGroups.map((group) => `groups/${group}`).join(', ')}`;
    case 'amber':
      return 'TLP:AMBER: the receiving organisation and those it serves under the agreement';
    case 'clear':
    case 'amber+strict':
    case 'red':
      return '';
  }
}

/** CAP `references`: `sender,identifier,sent`, the time as CAP writes it. */
export const referenceText = (sender: AgencyId, { identifier, sent }: CapReference): string =>
  `agencies/${sender},${identifier},${new Date(sent).toISOString().replace('.000Z', '-00:00')}`;

/** Whole seconds: CAP knows no finer time. */
export const wholeSeconds = (time: number): number => Math.floor(time / 1000) * 1000;

/**
 * Infos as a person writes them: each language once, all with the same severity, urgency, certainty and times, so that
 * what is filtered and what expires does not depend on the language.
 * @throws CorridorError INVALID_ARGUMENT, UNKNOWN_PLACE by `checkPlace`
 */
export function checkInfos(infos: readonly CapInfo[], now: number, checkPlace: (id: string, field: string) => void): readonly CapInfo[] {
  const [first] = infos;
  if (first === undefined || infos.length > MAX_INFOS) refuse('infos', `must be 1-${MAX_INFOS}, one for each language`);
  infos.forEach((info, i) => {
    const field = `infos[${i}]`;
    checkInfo(info, field, checkPlace);
    if (infos.findIndex(({ language }) => language.toLowerCase() === info.language.toLowerCase()) < i) refuse(`${field}.language`, 'stands there twice');
    for (const part of ['category', 'severity', 'urgency', 'certainty', 'onset', 'expires'] as const) {
      if (info[part] !== first[part]) refuse(`${field}.${part}`, 'must be the same in every language');
    }
  });
  if (first.expires <= now || first.expires > now + LONGEST) refuse('infos[0].expires', 'must be within a year from now');
  return infos;
}

function checkInfo(info: CapInfo, field: string, checkPlace: (id: string, field: string) => void): void {
  if (!LANGUAGE.test(info.language)) refuse(`${field}.language`, 'must be a BCP 47 tag');
  checkText(info.event, 100, `${field}.event`);
  checkText(info.headline, 160, `${field}.headline`);
  checkProse(info.description, 0, 4000, `${field}.description`);
  checkProse(info.instruction, 0, 2000, `${field}.instruction`);
  if (info.expires <= info.onset) refuse(`${field}.expires`, 'must be after the onset');
  for (const [name, time] of Object.entries({ onset: info.onset, expires: info.expires })) {
    if (time % 1000 !== 0) refuse(`${field}.${name}`, 'must be in whole seconds');
  }
  if (info.areas.length < 1 || info.areas.length > MAX_AREAS) refuse(`${field}.areas`, `must be 1-${MAX_AREAS}`);
  info.areas.forEach(({ description, place }, i) => {
    checkText(description, 200, `${field}.areas[${i}].area_description`);
    checkPlace(place, `${field}.areas[${i}].place`);
  });
}
