import { type ActorId, actorId, type AgencyId, agencyId, CorridorError, type SeriesId, seriesId, type Uuid, uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';

/** Resource names (Google AIP-122) of everything that callers name, and their parsers. */

/** A series of an owner. */
export interface SeriesRef {
  readonly owner: AgencyId;
  readonly series: SeriesId;
}
/** An update of a series. */
export interface UpdateRef extends SeriesRef {
  readonly update: Uuid;
}
/** A consent of an owner; `consent` is unique within it. */
export interface ConsentRef {
  readonly owner: AgencyId;
  readonly consent: string;
}
/** A focal point of an agency; `focalPoint` is unique within it. */
export interface FocalPointRef {
  readonly agency: AgencyId;
  readonly focalPoint: string;
}

/** Ids that have no brand share the grammar of an agency id: 2-48 characters [a-z0-9-], starting with a letter. */
export const parseSlug = (text: string, field: string): string => agencyId(text, field);

/** The ids in a name of the form `collection/id/collection/id`. @throws CorridorError INVALID_ID naming `field`. */
function parts(name: string, collections: readonly string[], field: string, form: string): readonly string[] {
  const segments = name.split('/');
  const fits = segments.length === 2 * collections.length && collections.every((collection, i) => segments[2 * i] === collection);
  if (!fits) throw new CorridorError('INVALID_ID', `${field} must have the form ${form}`, { field });
  return segments.filter((_, i) => i % 2 === 1);
}

/** `agencies/{agency}` */
export const agencyName = (agency: AgencyId): string => `agencies/${agency}`;
/** @throws CorridorError INVALID_ID naming `field`, as every parser here. */
export function parseAgencyName(name: string, field: string): AgencyId {
  const [agency = ''] = parts(name, ['agencies'], field, 'agencies/{agency}');
  return agencyId(agency, field);
}

/** `agencies/{agency}/actors/{actor}` */
export const actorName = ({ agency, actor }: ActorRef): string => `agencies/${agency}/actors/${actor}`;
export function parseActorName(name: string, field: string): ActorRef & { readonly agency: AgencyId; readonly actor: ActorId } {
  const [agency = '', actor = ''] = parts(name, ['agencies', 'actors'], field, 'agencies/{agency}/actors/{actor}');
  return { agency: agencyId(agency, field), actor: actorId(actor, field) };
}

/** `agencies/{agency}/series/{series}` */
export const seriesName = ({ owner, series }: SeriesRef): string => `agencies/${owner}/series/${series}`;
export function parseSeriesName(name: string, field: string): SeriesRef {
  const [owner = '', series = ''] = parts(name, ['agencies', 'series'], field, 'agencies/{agency}/series/{series}');
  return { owner: agencyId(owner, field), series: seriesId(series, field) };
}

/** `agencies/{agency}/series/{series}/updates/{update}` */
export const updateName = ({ owner, series, update }: UpdateRef): string => `agencies/${owner}/series/${series}/updates/${update}`;
export function parseUpdateName(name: string, field: string): UpdateRef {
  const form = 'agencies/{agency}/series/{series}/updates/{update}';
  const [owner = '', series = '', update = ''] = parts(name, ['agencies', 'series', 'updates'], field, form);
  return { owner: agencyId(owner, field), series: seriesId(series, field), update: uuid(update, field) };
}

/** `groups/{group}` */
export const groupName = (group: string): string => `groups/${group}`;
export function parseGroupName(name: string, field: string): string {
  const [group = ''] = parts(name, ['groups'], field, 'groups/{group}');
  return parseSlug(group, field);
}

/** `agreements/{agreement}` */
export const agreementName = (agreement: string): string => `agreements/${agreement}`;
export function parseAgreementName(name: string, field: string): string {
  const [agreement = ''] = parts(name, ['agreements'], field, 'agreements/{agreement}');
  return parseSlug(agreement, field);
}

/** `agencies/{agency}/consents/{consent}` */
export const consentName = ({ owner, consent }: ConsentRef): string => `agencies/${owner}/consents/${consent}`;
export function parseConsentName(name: string, field: string): ConsentRef {
  const [owner = '', consent = ''] = parts(name, ['agencies', 'consents'], field, 'agencies/{agency}/consents/{consent}');
  return { owner: agencyId(owner, field), consent: parseSlug(consent, field) };
}

/** `agencies/{agency}/partnerTopic`: there is one of each agency. */
export const partnerTopicResource = (agency: AgencyId): string => `agencies/${agency}/partnerTopic`;
export function parsePartnerTopicResource(name: string, field: string): AgencyId {
  const [parent, rest] = name.split('/partnerTopic');
  if (parent === undefined || rest !== '') {
    throw new CorridorError('INVALID_ID', `${field} must have the form agencies/{agency}/partnerTopic`, { field });
  }
  return parseAgencyName(parent, field);
}

/** `agencies/{agency}/focalPoints/{focal_point}` */
export const focalPointName = ({ agency, focalPoint }: FocalPointRef): string => `agencies/${agency}/focalPoints/${focalPoint}`;
export function parseFocalPointName(name: string, field: string): FocalPointRef {
  const form = 'agencies/{agency}/focalPoints/{focal_point}';
  const [agency = '', focalPoint = ''] = parts(name, ['agencies', 'focalPoints'], field, form);
  return { agency: agencyId(agency, field), focalPoint: parseSlug(focalPoint, field) };
}
