import { RegistryEvent } from '@corridor/contracts/registry/v1/resources';
import type { PendingEvent } from '@corridor/documents';
import type { Clock } from '@corridor/kernel';
import { encode, actorName, agencyName, agreementName, focalPointName, groupName, newEnvelope, newRecord, REGISTRY_TOPIC } from '@corridor/runtime';
import type { Change, Resource } from './domain/change.ts';
import { actorMessage, agencyMessage, agreementMessage, focalPointMessage, groupMessage, nodeKeyMessage } from './messages.ts';

const TYPE = 'corridor.registry.v1.RegistryEvent';
const SOURCE = '/registry';

/** The event of a change, as it is stored with the state and published; `by` is the name of the actor, empty for the node. */
export function eventOf(change: Change, by: string, clock: Clock): PendingEvent {
  const { cause, reason = '', resource } = change;
  const payload = encode(RegistryEvent, { cause, actor: by, reason, resource: resourceMessage(resource) });
  const envelope = newEnvelope(
    { type: TYPE, subject: subjectOf(resource), version: versionOf(resource), source: SOURCE, payload },
    clock,
  );
  return { topic: REGISTRY_TOPIC, ...newRecord(envelope) };
}

function subjectOf(resource: Resource): string {
  switch (resource.kind) {
    case 'agency':
      return agencyName(resource.value.id);
    case 'actor':
      return actorName({ agency: resource.value.agency, actor: resource.value.id });
    case 'focal-point':
      return focalPointName({ agency: resource.value.agency, focalPoint: resource.value.id });
    case 'group':
      return groupName(resource.value.id);
    case 'agreement':
      return agreementName(resource.value.id);
    case 'node-key':
      return `nodeKeys/${resource.value.id}`;
  }
}

/** A key of the node is published once and never changes. */
const versionOf = (resource: Resource): number => (resource.kind === 'node-key' ? 1 : resource.value.version);

function resourceMessage(resource: Resource): NonNullable<RegistryEvent['resource']> {
  switch (resource.kind) {
    case 'agency':
      return { $case: 'agency', value: agencyMessage(resource.value) };
    case 'actor':
      return { $case: 'actorResource', value: actorMessage(resource.value) };
    case 'focal-point':
      return { $case: 'focalPoint', value: focalPointMessage(resource.value) };
    case 'group':
      return { $case: 'group', value: groupMessage(resource.value) };
    case 'agreement':
      return { $case: 'agreement', value: agreementMessage(resource.value) };
    case 'node-key':
      return { $case: 'nodeKey', value: nodeKeyMessage(resource.value) };
  }
}
