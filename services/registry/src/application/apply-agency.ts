import { CorridorError } from '@corridor/kernel';
import { isTaken } from '@corridor/outbox';
import { decideApplication } from '../domain/founding.ts';
import type { Agency } from '../domain/organisation.ts';
import type { AgencyToBe } from './found-node.ts';
import type { By, Registry } from './registry.ts';

/**
 * Enters an application: the agency, applied, with its first administrator.
 * @throws ALREADY_EXISTS when the id was ever used, INVALID_ARGUMENT, UNKNOWN_PLACE
 */
export async function applyAgency(registry: Registry, by: By, { profile, firstActor }: AgencyToBe): Promise<Agency> {
  const entryWith = (secretId: string): ReturnType<typeof decideApplication> =>
    decideApplication(profile, { id: firstActor.id, roles: firstActor.roles, secretId }, registry.gazetteer);
  entryWith('');
  if ((await registry.organisations.get(profile.id)) !== undefined) throw taken();
  const secretId = await registry.secrets.keep(firstActor.secret, 'agency.first_actor.secret');
  const { organisation, changes } = entryWith(secretId);
  try {
    await registry.organisations.create(
      profile.id,
      organisation,
      changes.map((change) => registry.eventOf(change, by.name)),
    );
  } catch (error) {
    // After any other failure the write may have been done, with this secret.
    if (!isTaken(error)) throw error;
    await registry.secrets.forget(secretId);
    throw taken();
  }
  await registry.published();
  if (organisation.agency === undefined) throw new CorridorError('INTERNAL', 'an application makes an agency');
  return organisation.agency;
}

const taken = (): CorridorError =>
  new CorridorError('ALREADY_EXISTS', 'the id belongs to another agency, or did once', { field: 'agency.agency_id' });
