import { CorridorError, type AgencyId } from '@corridor/kernel';
import { commit } from '@corridor/outbox';
import type { Change } from '../domain/change.ts';
import { evolve, type Agency, type Organisation, type OrganisationChange } from '../domain/organisation.ts';
import type { By, Registry } from './registry.ts';

/** Commits what `decide` makes of an organisation. @throws NOT_FOUND */
export async function changeOrganisation<C extends OrganisationChange>(
  registry: Registry,
  by: By,
  id: AgencyId,
  decide: (organisation: Organisation) => C,
): Promise<C> {
  return commit<Organisation, C>({
    documents: registry.organisations,
    id,
    decide: (organisation) => decide(organisation ?? unknownAgency()),
    evolve,
    eventOf: (change) => registry.eventOf(change, by.name),
  });
}

/** Commits what `decide` makes of an agency, and gives the agency after it. @throws NOT_FOUND, also for the operator */
export async function changeAgency(
  registry: Registry,
  by: By,
  id: AgencyId,
  decide: (agency: Agency) => Change<'agency'>,
): Promise<Agency> {
  const change = await changeOrganisation(registry, by, id, ({ agency }) => decide(agency ?? unknownAgency()));
  return change.resource.value;
}

/** An agency as it stands. @throws NOT_FOUND, also for the operator */
export async function readAgency(registry: Registry, id: AgencyId): Promise<Agency> {
  return (await registry.organisations.get(id))?.doc.agency ?? unknownAgency();
}

/** @throws PERMISSION_DENIED unless the actor belongs to the agency. */
export function requireOwn(by: By, agency: AgencyId): void {
  if (by.agency !== agency) throw new CorridorError('PERMISSION_DENIED', 'only the agency itself does this');
}

function unknownAgency(): never {
  throw new CorridorError('NOT_FOUND', 'there is no agency of this name', { field: 'agency' });
}
