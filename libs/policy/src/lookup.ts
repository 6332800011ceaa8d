import type { AgencyId } from '@corridor/kernel';
import type { AgreementFacts, ConsentFacts, PolicyState } from './facts.ts';
import { isBound, membersOf } from './state.ts';

/*
 * Decisions are made for every recipient and class under each new state, so they must not each walk over all agreements
 * and consents of the node. Maps of a state never change, so what is derived from one is kept with it, and forgotten
 * with it.
 */

const agreementsByBound = memo((agreements: PolicyState['agreements']) => {
  const byParty = new Map<AgencyId, AgreementFacts[]>();
  const byGroup = new Map<string, AgreementFacts[]>();
  for (const agreement of agreements.values()) {
    for (const party of new Set(agreement.parties)) append(byParty, party, agreement);
    if (agreement.group !== undefined) append(byGroup, agreement.group, agreement);
  }
  return { byParty, byGroup };
});

const groupsByMember = memo((groups: PolicyState['groups']) => {
  const byMember = new Map<AgencyId, string[]>();
  for (const group of groups.values()) for (const member of new Set(group.members)) append(byMember, member, group.id);
  return byMember;
});

const consentsByOwner = memo((consents: PolicyState['consents']) => {
  const byOwner = new Map<AgencyId, ConsentFacts[]>();
  const byPair = new Map<string, ConsentFacts[]>();
  for (const consent of consents.values()) {
    append(byOwner, consent.owner, consent);
    append(byPair, pair(consent.owner, consent.recipient), consent);
  }
  return { byOwner, byPair };
});

const pair = (owner: AgencyId, recipient: ConsentFacts['recipient']): string => `${owner} ${recipient.kind} ${recipient.id}`;

const groupsOf = (state: PolicyState, agency: AgencyId): readonly string[] => groupsByMember(state.groups).get(agency) ?? [];

/** Every agreement, in whatever state, that binds an agency as a party or through its group, each once. */
export const agreementsOf = (state: PolicyState, agency: AgencyId): readonly AgreementFacts[] => [
  ...new Set(candidates(state, agency).filter((agreement) => isBound(state, agreement, agency))),
];

/** Every agreement, in whatever state, that binds both agencies, each once. */
export function agreementsBetween(state: PolicyState, one: AgencyId, other: AgencyId): readonly AgreementFacts[] {
  const [ofOne, ofOther] = [candidates(state, one), candidates(state, other)];
  const fewer = ofOne.length <= ofOther.length ? ofOne : ofOther;
  return [...new Set(fewer.filter((agreement) => isBound(state, agreement, one) && isBound(state, agreement, other)))];
}

/** The agreements that name an agency or a group it was listed in; a closed group's too, and some twice. */
function candidates(state: PolicyState, agency: AgencyId): readonly AgreementFacts[] {
  const { byParty, byGroup } = agreementsByBound(state.agreements);
  const asParty = byParty.get(agency) ?? [];
  const throughGroups = groupsOf(state, agency).flatMap((group) => byGroup.get(group) ?? []);
  return throughGroups.length === 0 ? asParty : [...asParty, ...throughGroups];
}

/** Every consent an owner ever granted, revoked and expired ones too. */
export const consentsOf = (state: PolicyState, owner: AgencyId): readonly ConsentFacts[] =>
  consentsByOwner(state.consents).byOwner.get(owner) ?? [];

/** Those of them that are for an agency: for itself, or for a group it is a member of at the present epoch. */
export function consentsFor(state: PolicyState, owner: AgencyId, agency: AgencyId): readonly ConsentFacts[] {
  const { byPair } = consentsByOwner(state.consents);
  const toItself = byPair.get(pair(owner, { kind: 'agency', id: agency })) ?? [];
  const toGroups = groupsOf(state, agency).flatMap((id) => byPair.get(pair(owner, { kind: 'group', id })) ?? []);
  return [...toItself, ...toGroups].filter((consent) => recipientsOf(state, consent).includes(agency));
}

/** The agencies a consent is for; a group stands for its members of the present epoch. */
export const recipientsOf = (state: PolicyState, consent: ConsentFacts): readonly AgencyId[] =>
  consent.recipient.kind === 'agency' ? [consent.recipient.id] : membersOf(state, consent.recipient.id);

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** The function, computed once for each object it is given. */
function memo<In extends object, Out>(derive: (from: In) => Out): (from: In) => Out {
  const known = new WeakMap<In, Out>();
  return (from) => {
    const found = known.get(from);
    if (found !== undefined) return found;
    const made = derive(from);
    known.set(from, made);
    return made;
  };
}
