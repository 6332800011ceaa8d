import { CorridorError, refuse } from '@corridor/kernel';
import { isTaken } from '@corridor/outbox';
import { decideDraft, type Agreement, type Terms } from '../domain/agreement.ts';
import { checkTerms, type ProposedTerms } from '../domain/terms.ts';
import type { By, Registry } from './registry.ts';

/**
 * A party drafts an agreement.
 * @throws PERMISSION_DENIED unless the drafter is a party, INVALID_ARGUMENT, UNKNOWN_PLACE, ALREADY_EXISTS
 */
export async function draftAgreement(registry: Registry, by: By, proposed: ProposedTerms): Promise<Agreement> {
  if (!proposed.parties.includes(by.agency)) throw new CorridorError('PERMISSION_DENIED', 'only a party drafts an agreement');
  const terms = checkTerms(proposed, registry.gazetteer);
  await checkPartiesExist(registry, terms);
  await checkGroup(registry, by, terms);
  const change = decideDraft(terms);
  try {
    await registry.agreements.create(terms.id, change.resource.value, [registry.eventOf(change, by.name)]);
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new CorridorError('ALREADY_EXISTS', 'the id belongs to another agreement', { field: 'agreement_id' });
  }
  await registry.published();
  return change.resource.value;
}

async function checkPartiesExist(registry: Registry, { parties }: Terms): Promise<void> {
  const stored = await registry.organisations.getAll(parties);
  const there = new Set(stored.filter(({ doc }) => doc.agency !== undefined && doc.agency.state !== 'withdrawn').map(({ id }) => id));
  parties.forEach((party, i) => {
    if (!there.has(party)) refuse(`agreement.parties[${i}]`, 'is no agency that takes part');
  });
}

/** The convener speaks for its group: without it two agencies could bind others who never heard of it. */
async function checkGroup(registry: Registry, by: By, { group: id, parties }: Terms): Promise<void> {
  if (id === undefined) return;
  const group = (await registry.groups.get(id))?.doc;
  if (group === undefined || !group.members.includes(by.agency)) refuse('agreement.group', 'is no group of your agency');
  if (!parties.includes(group.convener)) refuse('agreement.parties', "must contain the group's convener");
}
