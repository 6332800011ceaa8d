import { ConsentEvent } from '@corridor/contracts/hub/v1/hub';
import { RegistryEvent } from '@corridor/contracts/registry/v1/resources';
import type { NewRecord } from '@corridor/eventlog';
import type { Clock } from '@corridor/kernel';
import type { PolicyEvent } from '@corridor/policy';
import { TOPICS } from '../topics.ts';
import { wire } from '../wire/enums.ts';
import { actorName, agencyName, agreementName, consentName, focalPointName, groupName } from '../wire/names.ts';
import { newEnvelope, newRecord } from '../wire/record.ts';

/** The topic and the record of a fact, as registry and hub write it. */
export function policyFactRecord(event: PolicyEvent, clock: Clock): [topic: string, records: [NewRecord]] {
  const record = (type: string, subject: string, payload: Uint8Array): [NewRecord] => [
    newRecord(newEnvelope({ type, subject, version: event.fact.version, source: '/test', payload }, clock)),
  ];
  const version = BigInt(event.fact.version);
  const registry = (subject: string, resource: NonNullable<RegistryEvent['resource']>): [string, [NewRecord]] => [
    TOPICS.registry.name,
    record('corridor.registry.v1.RegistryEvent', subject, RegistryEvent.encode({ cause: 'test', actor: '', reason: '', resource }).finish()),
  ];
  switch (event.kind) {
    case 'agency': {
      const { id, kind, state, country, memberStates } = event.fact;
      const name = agencyName(id);
      return registry(name, {
        $case: 'agency',
        value: { name, version, displayName: id, kind: wire.agencyKind.to(kind), country: country ?? '', memberStates, state: wire.agencyState.to(state), endorsedBy: [], signingKeys: [], areas: [] },
      });
    }
    case 'actor': {
      const name = actorName(event.fact);
      return registry(name, { $case: 'actorResource', value: { name, version, roles: wire.role.allTo(event.fact.roles), retired: event.fact.retired } });
    }
    case 'focal-point': {
      const { agency: of, id, holder, deputies, theme, area, validFrom, validUntil, absentUntil } = event.fact;
      const name = focalPointName({ agency: of, focalPoint: id });
      return registry(name, {
        $case: 'focalPoint',
        value: {
          name,
          version,
          theme,
          area,
          holder: actorName({ agency: of, actor: holder }),
          deputies: deputies.map((deputy) => actorName({ agency: of, actor: deputy })),
          validFrom: new Date(validFrom),
          validUntil: new Date(validUntil),
          absentUntil: absentUntil === undefined ? undefined : new Date(absentUntil),
        },
      });
    }
    case 'group': {
      const { id, members, closed } = event.fact;
      const name = groupName(id);
      return registry(name, {
        $case: 'group',
        value: { name, version, displayName: id, members: members.map(agencyName), convener: '', epochSignature: Buffer.alloc(0), closed },
      });
    }
    case 'agreement': {
      const { id, parties, group: of, clauses, effectiveFrom, expiresAt, state } = event.fact;
      const name = agreementName(id);
      return registry(name, {
        $case: 'agreement',
        value: {
          name,
          version,
          title: id,
          template: '',
          parties: parties.map(agencyName),
          group: of === undefined ? '' : groupName(of),
          clauses: clauses.map((each) => ({
            ...each,
            clauseId: each.id,
            effect: wire.clauseEffect.to(each.effect),
            owners: each.owners.map(agencyName),
            recipients: each.recipients.map(agencyName),
            recipientKinds: wire.agencyKind.allTo(each.recipientKinds),
            categories: wire.category.allTo(each.categories),
            purposes: wire.purpose.allTo(each.purposes),
            levels: wire.personalDataLevel.allTo(each.levels),
            onwardSharing: wire.onwardSharing.to(each.onwardSharing),
            highestPrecision: wire.precision.to(each.highestPrecision),
          })),
          effectiveTime: new Date(effectiveFrom),
          expireTime: new Date(expiresAt),
          state: wire.agreementState.to(state),
          signatures: [],
          endedBy: '',
        },
      });
    }
    case 'consent': {
      const { id, owner, recipient, categories, purposes, expiresAt, revoked } = event.fact;
      const name = consentName({ owner, consent: id.split('/')[1] ?? '' });
      const payload = ConsentEvent.encode({
        cause: 'test',
        actor: '',
        consent: {
          name,
          version,
          recipient: recipient.kind === 'agency' ? agencyName(recipient.id) : groupName(recipient.id),
          categories: wire.category.allTo(categories),
          purposes: wire.purpose.allTo(purposes),
          expireTime: new Date(expiresAt),
          revokeTime: revoked ? new Date(clock.now()) : undefined,
        },
      }).finish();
      return [TOPICS.consents.name, record('corridor.hub.v1.ConsentEvent', name, payload)];
    }
  }
}
