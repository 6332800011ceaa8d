import { allow, allowWhileInactive, expectedVersionFrom, paged, parseAgencyName, parseSlug } from '@corridor/runtime';
import { activateAgency } from '../application/activate-agency.ts';
import { addSigningKey } from '../application/add-signing-key.ts';
import { applyAgency } from '../application/apply-agency.ts';
import { readAgency } from '../application/change-organisation.ts';
import { endorseAgency } from '../application/endorse-agency.ts';
import { foundNode } from '../application/found-node.ts';
import { listAgencies } from '../application/read.ts';
import { resumeAgency } from '../application/resume-agency.ts';
import { revokeSigningKey } from '../application/revoke-signing-key.ts';
import { suspendAgency } from '../application/suspend-agency.ts';
import { verifyAgency } from '../application/verify-agency.ts';
import { withdrawAgency } from '../application/withdraw-agency.ts';
import { agencyMessage } from '../messages.ts';
import { actorToBeFrom, agencyToBeFrom, signingKeyFrom } from './requests.ts';
import type { Served, Some } from './served.ts';

type AgencyMethods = Some<
  | 'found'
  | 'applyAgency'
  | 'endorseAgency'
  | 'verifyAgency'
  | 'activateAgency'
  | 'suspendAgency'
  | 'resumeAgency'
  | 'withdrawAgency'
  | 'getAgency'
  | 'listAgencies'
  | 'addSigningKey'
  | 'revokeSigningKey'
>;

/** Entry and life of agencies, and their keys. */
export const agencyMethods = (served: () => Served): AgencyMethods => ({
  found: {
    roles: 'anyone',
    unary: async ({ bootstrapSecret, operator, agencies }) => {
      const founded = await foundNode(
        served().registry,
        bootstrapSecret,
        actorToBeFrom(operator, 'operator'),
        agencies.map((agency, i) => agencyToBeFrom(agency, `agencies[${i}]`)),
      );
      return { agencies: founded.map(agencyMessage) };
    },
  },
  applyAgency: allow(['administrator', 'operator'], async ({ agency }, { caller }) => ({
    agency: agencyMessage(await applyAgency(served().registry, caller, agencyToBeFrom(agency, 'agency'))),
  })),
  endorseAgency: allow(['administrator'], async ({ name, expectedVersion }, { caller }) => {
    const expected = expectedVersionFrom(expectedVersion);
    return { agency: agencyMessage(await endorseAgency(served().registry, caller, parseAgencyName(name, 'name'), expected)) };
  }),
  verifyAgency: allow(['operator'], async ({ name, expectedVersion }, { caller }) => {
    const expected = expectedVersionFrom(expectedVersion);
    return { agency: agencyMessage(await verifyAgency(served().registry, caller, parseAgencyName(name, 'name'), expected)) };
  }),
  activateAgency: allow(['operator'], async ({ name, expectedVersion }, { caller }) => {
    const expected = expectedVersionFrom(expectedVersion);
    return { agency: agencyMessage(await activateAgency(served().registry, caller, parseAgencyName(name, 'name'), expected)) };
  }),
  suspendAgency: allow(['operator'], async ({ name, expectedVersion, reason }, { caller }) => {
    const expected = expectedVersionFrom(expectedVersion);
    const agency = await suspendAgency(served().registry, caller, parseAgencyName(name, 'name'), expected, reason);
    return { agency: agencyMessage(agency) };
  }),
  resumeAgency: allow(['operator'], async ({ name, expectedVersion }, { caller }) => {
    const expected = expectedVersionFrom(expectedVersion);
    return { agency: agencyMessage(await resumeAgency(served().registry, caller, parseAgencyName(name, 'name'), expected)) };
  }),
  withdrawAgency: allowWhileInactive(['operator', 'administrator'], async ({ name, expectedVersion, reason }, { caller }) => {
    const expected = expectedVersionFrom(expectedVersion);
    const agency = await withdrawAgency(served().registry, caller, parseAgencyName(name, 'name'), expected, reason);
    return { agency: agencyMessage(agency) };
  }),
  getAgency: allowWhileInactive('every actor', async ({ name }) => ({ agency: agencyMessage(await readAgency(served().registry, parseAgencyName(name, 'name'))) })),
  listAgencies: allowWhileInactive('every actor', async (request, { caller }) => {
    const { registry, pageTokens } = served();
    const list = { list: 'ListAgencies', caller: caller.name };
    const { items, nextPageToken } = await paged(pageTokens, list, request, (after, limit) => listAgencies(registry, after, limit));
    return { agencies: items.map(agencyMessage), nextPageToken };
  }),
  addSigningKey: allow(['administrator'], async ({ agency, signingKey }, { caller }) => {
    const id = parseAgencyName(agency, 'agency');
    return { agency: agencyMessage(await addSigningKey(served().registry, caller, id, signingKeyFrom(signingKey))) };
  }),
  revokeSigningKey: allowWhileInactive(['administrator'], async ({ agency, keyId }, { caller }) => {
    const id = parseAgencyName(agency, 'agency');
    return { agency: agencyMessage(await revokeSigningKey(served().registry, caller, id, parseSlug(keyId, 'key_id'))) };
  }),
});
