import { SharingConsent } from '@corridor/contracts/hub/v1/hub';
import { encode, agencyName, consentName, groupName, integerFrom, parseConsentName, parseRecipient, timestampFrom, wire } from '@corridor/runtime';
import type { Consent } from '../domain/consent.ts';

/** The message of a consent. */
export const consentTo = (consent: Consent): SharingConsent => ({
  name: consentName({ owner: consent.owner, consent: consent.id }),
  version: BigInt(consent.version),
  recipient: consent.recipient.kind === 'agency' ? agencyName(consent.recipient.id) : groupName(consent.recipient.id),
  categories: wire.category.allTo(consent.categories),
  purposes: wire.purpose.allTo(consent.purposes),
  expireTime: new Date(consent.expiresAt),
  revokeTime: consent.revokedAt === undefined ? undefined : new Date(consent.revokedAt),
});

/** The consent of a message that `consentTo` wrote. */
function consentFrom(message: SharingConsent): Consent {
  const { owner, consent: id } = parseConsentName(message.name, 'name');
  const { revokeTime } = message;
  return {
    owner,
    id,
    version: integerFrom(message.version, 'version'),
    recipient: parseRecipient(message.recipient, 'recipient'),
    categories: wire.category.allFrom(message.categories, 'categories'),
    purposes: wire.purpose.allFrom(message.purposes, 'purposes'),
    expiresAt: timestampFrom(message.expireTime, 'expire_time'),
    ...(revokeTime === undefined ? {} : { revokedAt: revokeTime.getTime() }),
  };
}

/** How consents are kept: as their message. */
export const storedConsents = {
  name: 'hub-consents',
  encode: (doc: Consent): Uint8Array => encode(SharingConsent, consentTo(doc)),
  decode: (bytes: Uint8Array): Consent => consentFrom(SharingConsent.decode(bytes)),
  indexes: { owner: (doc: Consent): readonly string[] => [`${doc.owner}/${doc.id}`] },
};
