import { HubServiceService as rpc } from '@corridor/contracts/hub/v1/hub';
import type { Calls } from '../transport/calls.ts';
import { unaryOf } from './unary.ts';

/** Publishing, reading, consents and the owner's view of its data. */
export type Hub = ReturnType<typeof hubOf>;

/** The unary RPCs of corridor.hub.v1.HubService over one connection. */
export function hubOf(calls: Calls) {
  const unary = unaryOf(calls);
  return {
    /** Publishes 1-256 updates of one series, acknowledged when durable. Publishers, for their own agency. */
    publish: unary(rpc.publish),
    /** Records that everything up to a cursor has arrived and is kept. Readers. */
    acknowledgeDelivery: unary(rpc.acknowledgeDelivery),
    /** One report in its current version, as the caller may see it. Readers. */
    getUpdate: unary(rpc.getUpdate),
    /** What is in the archive, as the caller may see it, newest first. Readers. */
    listUpdates: unary(rpc.listUpdates),
    /** Who would receive what, and how it would look; nothing is published. Publishers, for their own agency. */
    previewUpdates: unary(rpc.previewUpdates),
    /** Grants a standing permission. Data-protection officers, for their own agency. */
    grantConsent: unary(rpc.grantConsent),
    /** Revokes it; from the answer on nothing more is delivered under it. Data-protection officers, for their own agency. */
    revokeConsent: unary(rpc.revokeConsent),
    /** One consent. Actors of its owner or of a recipient. */
    getConsent: unary(rpc.getConsent),
    /** The consents of the caller's agency, as an owner. Data-protection officers, publishers, administrators. */
    listConsents: unary(rpc.listConsents),
    /**
     * Destroys the data keys of a series for a month of end of retention; everything under them is unreadable from
     * then on, and every proof still verifies. Data-protection officers, for their own agency.
     */
    eraseSeries: unary(rpc.eraseSeries),
    /**
     * Who received, read, previewed or was refused which of the caller's updates, when, under which rule. Data-
     * protection officers and administrators, for their own agency.
     */
    listAccess: unary(rpc.listAccess),
    /**
     * Opens the topic of the caller's agency, to which is appended what it may see, beginning with what is kept; answers
     * when the topic is there. Administrators, for their own agency.
     */
    openPartnerTopic: unary(rpc.openPartnerTopic),
    /** Closes it; the topic goes with all that is in it. Administrators, for their own agency. */
    closePartnerTopic: unary(rpc.closePartnerTopic),
    /** The topic of the caller's agency. Administrators, for their own agency. */
    getPartnerTopic: unary(rpc.getPartnerTopic),
    /**
     * Issues the credential with which the caller's agency reads its own topic with any Kafka client, told once; the one
     * before opens no connection any more. Administrators, for their own agency.
     */
    issuePartnerTopicCredential: unary(rpc.issuePartnerTopicCredential),
    /** Places of the gazetteer that match a text. Every actor. */
    listPlaces: unary(rpc.listPlaces),
  } as const;
}
