import { CorridorError } from '@corridor/kernel';
import { commit } from '@corridor/outbox';
import { decideAgreement, type Agreement, type AgreementCommand } from '../domain/agreement.ts';
import type { Change } from '../domain/change.ts';
import { isSignatureOf } from './ed25519.ts';
import type { By, Registry } from './registry.ts';

/** Commits what a command of the actor's agency makes of an agreement. @throws NOT_FOUND also for whoever is no party */
export async function changeAgreement(registry: Registry, by: By, id: string, command: AgreementCommand): Promise<Agreement> {
  const change = await commit<Agreement, Change<'agreement'>>({
    documents: registry.agreements,
    id,
    decide: (agreement) => {
      if (agreement === undefined || !agreement.parties.includes(by.agency)) throw unknownAgreement();
      return decideAgreement(command, agreement, registry.clock.now(), isSignatureOf);
    },
    evolve: (_, { resource }) => resource.value,
    eventOf: (decided) => registry.eventOf(decided, by.name),
  });
  return change.resource.value;
}

/** The answer to whoever may not see an agreement, and to whoever names none. */
export const unknownAgreement = (): CorridorError => new CorridorError('NOT_FOUND', 'there is no agreement of this name for you', { field: 'name' });
