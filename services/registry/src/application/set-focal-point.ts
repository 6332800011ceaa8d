import { decideFocalPoint } from '../domain/focal-points.ts';
import type { FocalPoint } from '../domain/organisation.ts';
import { changeOrganisation, requireOwn } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/**
 * An agency creates or replaces a focal point.
 * @throws PERMISSION_DENIED, INVALID_ARGUMENT, UNKNOWN_PLACE, STATE_FORBIDS
 */
export async function setFocalPoint(registry: Registry, by: By, wanted: Omit<FocalPoint, 'version'>): Promise<FocalPoint> {
  requireOwn(by, wanted.agency);
  const change = await changeOrganisation(registry, by, wanted.agency, (stored) =>
    decideFocalPoint(wanted, stored, registry.gazetteer),
  );
  await registry.published();
  return change.resource.value;
}
