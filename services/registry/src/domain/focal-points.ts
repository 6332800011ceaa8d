import { type ActorId, checkDistinct, checkSpan, checkText, forbid, refuse } from '@corridor/kernel';
import type { Change } from './change.ts';
import { checkPlace } from './places.ts';
import type { Gazetteer } from './gazetteer.ts';
import type { FocalPoint, Organisation } from './organisation.ts';

const MAX_FOCAL_POINTS = 500;
const MAX_DEPUTIES = 20;
const MAX_THEME = 100;

/**
 * Creates or replaces a focal point of an organisation. Retiring an actor later does not undo it: the duty passes to the
 * deputies, because ending a person's access must never wait for paperwork.
 * @throws INVALID_ARGUMENT, UNKNOWN_PLACE, STATE_FORBIDS
 */
export function decideFocalPoint(
  wanted: Omit<FocalPoint, 'version' | 'agency'>,
  organisation: Organisation,
  gazetteer: Gazetteer,
): Change<'focal-point'> {
  const before = organisation.focalPoints.get(wanted.id);
  if (before === undefined && organisation.focalPoints.size >= MAX_FOCAL_POINTS) {
    forbid(`an agency has at most ${MAX_FOCAL_POINTS} focal points`);
  }
  checkText(wanted.theme, MAX_THEME, 'focal_point.theme');
  checkPlace(wanted.area, gazetteer, 'focal_point.area');
  checkSpan(wanted.validFrom, wanted.validUntil, 'focal_point.valid_until');
  checkActor(wanted.holder, organisation, 'focal_point.holder');
  checkDistinct(wanted.deputies, MAX_DEPUTIES, 'focal_point.deputies').forEach((deputy, i) => {
    checkActor(deputy, organisation, `focal_point.deputies[${i}]`);
    if (deputy === wanted.holder) refuse(`focal_point.deputies[${i}]`, 'is the holder');
  });
  return {
    cause: 'focal-point.set',
    resource: { kind: 'focal-point', value: { ...wanted, agency: organisation.id, version: (before?.version ?? 0) + 1 } },
  };
}

function checkActor(id: ActorId, organisation: Organisation, field: string): void {
  const actor = organisation.actors.get(id);
  if (actor === undefined || actor.retired) refuse(field, 'must be an actor of the agency who is not retired');
}
