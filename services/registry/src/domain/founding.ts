import { agencyId, refuse } from '@corridor/kernel';
import { firstActor, type ActorProfile } from './actors.ts';
import { newAgency, type AgencyProfile } from './agency-life.ts';
import type { Change } from './change.ts';
import type { Gazetteer } from './gazetteer.ts';
import { emptyOrganisation, evolve, OPERATOR, type Actor, type Organisation, type OrganisationChange } from './organisation.ts';

/** Who opens an empty registry. */
export interface FoundCommand {
  readonly operator: ActorProfile;
  readonly agencies: readonly { readonly profile: AgencyProfile; readonly firstActor: ActorProfile }[];
}

/** What an organisation enters with: its changes, in order. */
export interface Entry {
  readonly organisation: Organisation;
  readonly changes: readonly OrganisationChange[];
}

const FOUNDING_AGENCIES = 2;

/**
 * The founding act: the operator and exactly two agencies, active from the start because nobody is there who could
 * endorse them. The first entry is the operator's, the others are the agencies' in their order.
 * @throws INVALID_ARGUMENT, UNKNOWN_PLACE
 */
export function decideFounding({ operator, agencies }: FoundCommand, gazetteer: Gazetteer): readonly Entry[] {
  if (agencies.length !== FOUNDING_AGENCIES) refuse('agencies', `must be exactly ${FOUNDING_AGENCIES}`);
  if (new Set(agencies.map(({ profile }) => profile.id)).size !== agencies.length) refuse('agencies', 'must have different ids');
  return [
    entryOf([founding(firstActor(agencyId(OPERATOR), operator, 'operator'))]),
    ...agencies.map(({ profile, firstActor: actor }, i): Entry => {
      const field = `agencies[${i}]`;
      const agency = newAgency(profile, 'active', gazetteer, field);
      const entering: Change<'agency'> = { cause: 'founding', resource: { kind: 'agency', value: agency } };
      return entryOf([entering, founding(firstActor(agency.id, actor, `${field}.first_actor`))]);
    }),
  ];
}

/**
 * An agency's entry by application, with its first administrator.
 * @throws INVALID_ARGUMENT, UNKNOWN_PLACE
 */
export function decideApplication(profile: AgencyProfile, actor: ActorProfile, gazetteer: Gazetteer): Entry {
  const agency = newAgency(profile, 'applied', gazetteer, 'agency');
  return entryOf([
    { cause: 'agency.applied', resource: { kind: 'agency', value: agency } },
    { cause: 'actor.added', resource: { kind: 'actor', value: firstActor(agency.id, actor, 'agency.first_actor') } },
  ]);
}

const founding = (actor: Actor): Change<'actor'> => ({ cause: 'founding', resource: { kind: 'actor', value: actor } });

function entryOf(changes: readonly [OrganisationChange, ...OrganisationChange[]]): Entry {
  const [{ resource }] = changes;
  const id = resource.kind === 'agency' ? resource.value.id : resource.value.agency;
  return { organisation: changes.reduce(evolve, emptyOrganisation(id)), changes };
}
