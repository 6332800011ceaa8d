import { RegistryServiceService as rpc } from '@corridor/contracts/registry/v1/registry';
import type { Calls } from '../transport/calls.ts';
import { unaryOf } from './unary.ts';

/** Who takes part and under which terms. */
export type Registry = ReturnType<typeof registryOf>;

/** The unary RPCs of corridor.registry.v1.RegistryService over one connection. */
export function registryOf(calls: Calls) {
  const unary = unaryOf(calls);
  return {
    /** Enters an application. Administrators of active agencies and operators. */
    applyAgency: unary(rpc.applyAgency),
    /** Endorses an applicant. Administrators of active agencies, not of the applicant. */
    endorseAgency: unary(rpc.endorseAgency),
    /** Verifies an endorsed applicant. Operators. */
    verifyAgency: unary(rpc.verifyAgency),
    /** Lets a verified agency send and receive. Operators. */
    activateAgency: unary(rpc.activateAgency),
    /** Stops an active agency for the time being. Operators. Narrowing: answers when nothing goes out any more. */
    suspendAgency: unary(rpc.suspendAgency),
    /** Ends a suspension. Operators. */
    resumeAgency: unary(rpc.resumeAgency),
    /** Ends a participation for good. Operators, and administrators of the agency itself. Narrowing. */
    withdrawAgency: unary(rpc.withdrawAgency),
    /** One agency. Every actor. */
    getAgency: unary(rpc.getAgency),
    /** The agencies, by name. Every actor. */
    listAgencies: unary(rpc.listAgencies),
    /** Registers a public key. Administrators, for their own agency. */
    addSigningKey: unary(rpc.addSigningKey),
    /** Revokes a public key. Administrators, for their own agency. */
    revokeSigningKey: unary(rpc.revokeSigningKey),
    /** Adds an actor. Administrators, for their own agency. */
    addActor: unary(rpc.addActor),
    /** Changes what an actor may do. Administrators, for their own agency. Narrowing when a role is taken away. */
    setActorRoles: unary(rpc.setActorRoles),
    /** Ends an actor; its tokens are refused from then on. Administrators, for their own agency. Narrowing. */
    retireActor: unary(rpc.retireActor),
    /** Replaces an actor's secret. The actor itself, and administrators of its agency. */
    setActorSecret: unary(rpc.setActorSecret),
    /** The actors of the caller's own agency. Administrators. */
    listActors: unary(rpc.listActors),
    /** Creates or replaces a focal point. Administrators, for their own agency. */
    setFocalPoint: unary(rpc.setFocalPoint),
    /** The focal points of an agency. Every actor. */
    listFocalPoints: unary(rpc.listFocalPoints),
    /** Drafts an agreement. Administrators of a party. */
    draftAgreement: unary(rpc.draftAgreement),
    /** Adds a party's signature; with the last one the agreement is in force. Administrators of that party. */
    signAgreement: unary(rpc.signAgreement),
    /** Suspends an agreement in force. Administrators of a party. Narrowing. */
    suspendAgreement: unary(rpc.suspendAgreement),
    /** Ends a suspension. Administrators of the party that suspended it. */
    resumeAgreement: unary(rpc.resumeAgreement),
    /** Ends an agreement. Administrators of a party. Narrowing. */
    terminateAgreement: unary(rpc.terminateAgreement),
    /** One agreement, with its canonical text. Actors of its parties, and operators. */
    getAgreement: unary(rpc.getAgreement),
    /** The agreements of the caller's agency; operators: all. */
    listAgreements: unary(rpc.listAgreements),
    /** Creates a sharing group with its convener as the first member. Administrators. */
    createGroup: unary(rpc.createGroup),
    /** Adds a member. Administrators of the convener. */
    addGroupMember: unary(rpc.addGroupMember),
    /** Removes a member. Administrators of the convener, and of the member itself. Narrowing. */
    removeGroupMember: unary(rpc.removeGroupMember),
    /** One group. Actors of its members, and operators. */
    getGroup: unary(rpc.getGroup),
    /** The groups of the caller's agency; operators: all. */
    listGroups: unary(rpc.listGroups),
  } as const;
}
