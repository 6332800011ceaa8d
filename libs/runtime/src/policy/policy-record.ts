import { ConsentEvent } from '@corridor/contracts/hub/v1/hub';
import { KeyEvent } from '@corridor/contracts/hub/v1/record';
import { type NodeKey, NodeKeyUse, RegistryEvent } from '@corridor/contracts/registry/v1/resources';
import type { NewRecord } from '@corridor/eventlog';
import { CorridorError } from '@corridor/kernel';
import type { PolicyEvent } from '@corridor/policy';
import { integerFrom } from '../wire/common.ts';
import { actorFacts, agencyFacts, agreementFacts, consentFacts, focalPointFacts, groupFacts } from '../wire/facts.ts';
import { readEnvelope } from '../wire/record.ts';

/** The topics of which the policy state is the fold; one partition each, so an offset is a revision. */
export const REGISTRY_TOPIC = 'corridor.registry.v1';
export const CONSENTS_TOPIC = 'corridor.consents.v1';

/** What one record of the policy topics says. */
export interface PolicyRecord {
  readonly subject: string;
  /** Version of the subject, from 1; 0 where versions do not count. */
  readonly version: number;
  readonly change: PolicyChange;
}
export type PolicyChange =
  | { readonly kind: 'fact'; readonly event: PolicyEvent }
  | { readonly kind: 'token-key'; readonly keyId: string; readonly publicKey: Uint8Array }
  | { readonly kind: 'data-key-destroyed'; readonly keyId: string }
  /** Something policy does not depend on. */
  | { readonly kind: 'other' };

/**
 * Reads a record of either topic.
 * @throws CorridorError DATABASE_DAMAGED; UNKNOWN_ENUM_VALUE or another reason when the record was written by a newer
 * version: what cannot be read cannot be decided upon
 */
export function readPolicyRecord(record: NewRecord): PolicyRecord {
  const { type, subject, version, body } = readEnvelope(record);
  if (body.$case !== 'payload') throw unreadable('its body is sealed');
  const head = { subject, version: integerFrom(version, 'envelope.version') };
  switch (type) {
    case 'corridor.registry.v1.RegistryEvent':
      return { ...head, change: registryChange(decode(RegistryEvent, body.value)) };
    case 'corridor.hub.v1.ConsentEvent':
      return { ...head, change: consentChange(decode(ConsentEvent, body.value)) };
    case 'corridor.hub.v1.KeyEvent':
      // Destroying is final and needs no order.
      return { subject, version: 0, change: { kind: 'data-key-destroyed', keyId: decode(KeyEvent, body.value).keyId } };
    default:
      throw unreadable(`its type ${type} is not known`);
  }
}

function registryChange({ resource }: RegistryEvent): PolicyChange {
  switch (resource?.$case) {
    case 'agency':
      return { kind: 'fact', event: { kind: 'agency', fact: agencyFacts(resource.value) } };
    case 'actorResource':
      return { kind: 'fact', event: { kind: 'actor', fact: actorFacts(resource.value) } };
    case 'group':
      return { kind: 'fact', event: { kind: 'group', fact: groupFacts(resource.value) } };
    case 'agreement':
      return { kind: 'fact', event: { kind: 'agreement', fact: agreementFacts(resource.value) } };
    case 'focalPoint':
      return { kind: 'fact', event: { kind: 'focal-point', fact: focalPointFacts(resource.value) } };
    case 'nodeKey':
      return nodeKeyChange(resource.value);
    case undefined:
      throw unreadable('it holds no resource');
    default:
      return resource satisfies never;
  }
}

const nodeKeyChange = ({ keyId, use, publicKey }: NodeKey): PolicyChange =>
  use === NodeKeyUse.NODE_KEY_USE_TOKENS ? { kind: 'token-key', keyId, publicKey } : { kind: 'other' };

function consentChange({ consent }: ConsentEvent): PolicyChange {
  if (consent === undefined) throw unreadable('it holds no consent');
  return { kind: 'fact', event: { kind: 'consent', fact: consentFacts(consent) } };
}

function decode<T>(message: { decode(bytes: Uint8Array): T }, bytes: Uint8Array): T {
  try {
    return message.decode(bytes);
  } catch (error) {
    throw unreadable('its payload is not of its type', error);
  }
}

const unreadable = (what: string, cause?: unknown): CorridorError =>
  new CorridorError('DATABASE_DAMAGED', `a record of the policy state cannot be read: ${what}`, {}, cause === undefined ? {} : { cause });
