import { type AgencyId, canonicalJson, checkText, checkVersion, concat, CorridorError, forbid, utf8 } from '@corridor/kernel';
import type { Cause, Change } from './change.ts';
import type { Agency } from './organisation.ts';

/** Agencies that share under common terms. */
export interface Group {
  readonly id: string;
  /** From 1; also the epoch of the membership: every change makes the next. */
  readonly version: number;
  readonly displayName: string;
  /** In the order in which they joined; none means nobody. */
  readonly members: readonly AgencyId[];
  readonly convener: AgencyId;
  /** Ed25519 of the registry over `epochText`. */
  readonly epochSignature: Uint8Array;
  /** For good. */
  readonly closed: boolean;
}

/** Signs a text with the node's key for epochs (Ed25519). */
export type SignEpoch = (text: Uint8Array) => Uint8Array;

export type GroupCommand =
  | { readonly kind: 'add-member'; readonly member: Agency; readonly expectedVersion: number }
  | { readonly kind: 'remove-member'; readonly member: AgencyId; readonly expectedVersion: number };

const DOMAIN = utf8('corridor.group-epoch.v1\n');
const MAX_NAME = 200;
const MAX_MEMBERS = 1000;

/** What the registry signs for each epoch: a line that says what it is, then canonical JSON (RFC 8785) of name, epoch, members. */
export const epochText = ({ id, version, members }: Pick<Group, 'id' | 'version' | 'members'>): Uint8Array =>
  concat(DOMAIN, canonicalJson({ name: `groups/${id}`, epoch: version, members: members.map((member) => `agencies/${member}`) }));

/** A group at its first epoch, with its convener as the only member. @throws INVALID_ARGUMENT */
export function decideGroupCreation(id: string, displayName: string, convener: AgencyId, sign: SignEpoch): Change<'group'> {
  checkText(displayName, MAX_NAME, 'display_name');
  return signed('group.created', { id, version: 1, displayName, members: [convener], convener, closed: false }, sign);
}

/**
 * Adds or removes a member: the next epoch. The convener goes last, because without it nobody could manage the group;
 * when it goes the group is empty, which is nobody, and closed.
 * @throws STATE_FORBIDS, NOT_FOUND, AGENCY_NOT_ACTIVE, VERSION_CONFLICT
 */
export function decideGroup(command: GroupCommand, group: Group, sign: SignEpoch): Change<'group'> {
  checkVersion(command.expectedVersion, group.version);
  if (group.closed) forbid('the group is closed');
  switch (command.kind) {
    case 'add-member': {
      const { member } = command;
      if (member.state !== 'active') throw new CorridorError('AGENCY_NOT_ACTIVE', 'only an active agency becomes a member');
      if (group.members.includes(member.id)) forbid('the agency is a member already');
      if (group.members.length >= MAX_MEMBERS) forbid(`a group has at most ${MAX_MEMBERS} members`);
      return next('group.member-added', group, [...group.members, member.id], sign);
    }
    case 'remove-member': {
      if (!group.members.includes(command.member)) {
        throw new CorridorError('NOT_FOUND', 'the group has no member of this name', { field: 'member' });
      }
      const members = group.members.filter((member) => member !== command.member);
      if (command.member !== group.convener) return next('group.member-removed', group, members, sign);
      if (members.length > 0) forbid('the convener leaves last; remove the other members first');
      return next('group.closed', { ...group, closed: true }, members, sign);
    }
  }
}

const next = (cause: Cause, group: Group, members: readonly AgencyId[], sign: SignEpoch): Change<'group'> =>
  signed(cause, { ...group, version: group.version + 1, members }, sign);

const signed = (cause: Cause, group: Omit<Group, 'epochSignature'>, sign: SignEpoch): Change<'group'> => ({
  cause,
  resource: { kind: 'group', value: { ...group, epochSignature: sign(epochText(group)) } },
});
