import { type CollectionSpec, storedJson } from '@corridor/documents';
import type { AgencyId } from '@corridor/kernel';
import type { Agreement } from '../domain/agreement.ts';
import type { Group } from '../domain/group.ts';
import type { NodeKey } from '../domain/node-key.ts';
import type { Organisation } from '../domain/organisation.ts';
import type { Founding } from './registry.ts';

/** Where the keys begin of what binds an agency as a party, or a group. */
export const boundPrefix = (whom: { readonly agency: AgencyId } | { readonly group: string }): string =>
  'agency' in whom ? `agency/${whom.agency}/` : `group/${whom.group}/`;

/** Where the keys begin of the groups an agency is a member of. */
export const memberPrefix = (agency: AgencyId): string => `${agency}/`;

export const ORGANISATIONS: CollectionSpec<Organisation> = {
  name: 'registry.organisations',
  ...storedJson<Organisation>(),
  indexes: { agencies: ({ id, agency }) => (agency === undefined ? [] : [id]) },
};

export const AGREEMENTS: CollectionSpec<Agreement> = {
  name: 'registry.agreements',
  ...storedJson<Agreement>(),
  indexes: {
    all: ({ id }) => [id],
    bound: ({ id, parties, group }) => [
      ...parties.map((agency) => boundPrefix({ agency }) + id),
      ...(group === undefined ? [] : [boundPrefix({ group }) + id]),
    ],
  },
};

export const GROUPS: CollectionSpec<Group> = {
  name: 'registry.groups',
  ...storedJson<Group>(),
  indexes: {
    all: ({ id }) => [id],
    members: ({ id, members }) => members.map((member) => memberPrefix(member) + id),
  },
};

export const NODE_KEYS: CollectionSpec<NodeKey> = { name: 'registry.node-keys', ...storedJson<NodeKey>(), indexes: {} };

export const FOUNDINGS: CollectionSpec<Founding> = { name: 'registry.foundings', ...storedJson<Founding>(), indexes: {} };
