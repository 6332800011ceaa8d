import { ConsentEvent } from '@corridor/contracts/hub/v1/hub';
import { KeyEvent } from '@corridor/contracts/hub/v1/record';
import { UpdateBatch as WireBatch } from '@corridor/contracts/hub/v1/updates';
import type { PendingEvent } from '@corridor/documents';
import { putOnRecord, recordBook } from '@corridor/entitlement';
import type { EventLog, NewRecord } from '@corridor/eventlog';
import { canonicalJson, CorridorError, derivedUuid, type AgencyId, type Clock } from '@corridor/kernel';
import { viewKey, type ActorRef } from '@corridor/policy';
import {
  actorName,
  agencyName,
  consentName,
  encode,
  handlingFrom,
  handlingTo,
  newEnvelope,
  newRecord,
  offsetsTo,
  parseActorName,
  parseSeriesName,
  revisionFrom,
  revisionTo,
  seriesName,
  TOPICS,
  wire,
  type DataKey,
} from '@corridor/runtime';
import type { PreparedView } from './application/prepared-views.ts';
import type { HubRecordBook } from './application/record-book.ts';
import type { ConsentChange } from './domain/consent.ts';
import type { UpdateBatch } from './domain/update.ts';
import { consentTo } from './rpc/consents.ts';
import { deliveryIn } from './rpc/outlet.ts';
import { partnerTopicState } from './rpc/partner-topics.ts';
import { filterTo } from './rpc/requests.ts';
import { updateFrom } from './rpc/updates-from-wire.ts';
import { updateTo } from './rpc/updates-to-wire.ts';

const CONSENT_TYPE = 'corridor.hub.v1.ConsentEvent';
const KEY_TYPE = 'corridor.hub.v1.KeyEvent';
const DELIVERY_TYPE = 'corridor.hub.v1.Delivery';
const UPDATE_TYPE = 'corridor.hub.v1.UpdateBatch';
const SOURCE = '/hub';

/** The record of a batch, sealed under its data key. */
export function sealBatch(batch: UpdateBatch, key: DataKey, clock: Clock): NewRecord {
  const subject = `${batch.owner}/${batch.series}`;
  return newRecord(newEnvelope({ type: UPDATE_TYPE, subject, version: 0, source: SOURCE, clear: encodeBatch(batch), sealWith: key }, clock));
}

function encodeBatch(batch: UpdateBatch): Uint8Array {
  const { owner, series } = batch;
  return encode(WireBatch, {
    series: seriesName({ owner, series }),
    category: wire.category.to(batch.category),
    handling: handlingTo(batch.handling),
    revision: revisionTo(batch.revision),
    publisher: actorName(batch.publisher),
    updates: batch.updates.map(updateTo),
    maskThreshold: batch.threshold,
  });
}

/** The batch of an opened payload. @throws CorridorError DATABASE_DAMAGED when `sealBatch` cannot have written it. */
export function decodeBatch(clear: Uint8Array): UpdateBatch {
  try {
    const message = WireBatch.decode(clear);
    return {
      ...parseSeriesName(message.series, 'series'),
      category: wire.category.from(message.category, 'category'),
      handling: handlingFrom(message.handling),
      revision: revisionFrom(message.revision, 'revision'),
      publisher: parseActorName(message.publisher, 'publisher'),
      threshold: message.maskThreshold,
      updates: message.updates.map((update, i) => updateFrom(update, `updates[${i}]`)),
    };
  } catch (error) {
    throw new CorridorError('DATABASE_DAMAGED', 'a record of the updates topic holds no batch', {}, { cause: error });
  }
}

/** The record book of the hub over the log. */
export function hubRecordBook(log: EventLog, clock: Clock): HubRecordBook {
  const put = putOnRecord(log, clock, SOURCE);
  return {
    ...recordBook(log, clock, SOURCE),
    preview: async ({ actor, owner, series, revision }) => {
      await put(owner, {
        $case: 'preview',
        value: { owner: agencyName(owner), actor: actorName(actor), series: seriesName({ owner, series }), revision: revisionTo(revision) },
      });
    },
    acknowledge: async ({ recipient, purpose, filter, before }) => {
      await put(recipient, {
        $case: 'acknowledge',
        value: { recipient: agencyName(recipient), purpose: wire.purpose.to(purpose), filter: filterTo(filter), before: offsetsTo(before) },
      });
    },
    partnerTopic: async ({ actor, topic: { state, purpose, filter } }) => {
      await put(actor.agency, {
        $case: 'partnerTopic',
        value: {
          recipient: agencyName(actor.agency),
          actor: actorName(actor),
          state: partnerTopicState.to(state),
          purpose: wire.purpose.to(purpose),
          filter: filterTo(filter),
        },
      });
    },
    partnerTopicCredential: async (actor) => {
      await put(actor.agency, { $case: 'partnerTopicCredential', value: { recipient: agencyName(actor.agency), actor: actorName(actor) } });
    },
  };
}

/**
 * The record of a delivery to an agency's own topic: the bytes that its streams carry. Its id is that of the source, of
 * what is shown of it and to whom, so that a delivery that is repeated is recognised.
 */
export function deliveryRecord(agency: AgencyId, { record, allowed, message }: PreparedView, clock: Clock): NewRecord {
  const { owner, series } = record.batch;
  const id = derivedUuid(record.time, canonicalJson([agency, record.id, viewKey(allowed.obligations), allowed.indexes]));
  return newRecord(
    newEnvelope({ id, type: DELIVERY_TYPE, subject: `${owner}/${series}`, version: 0, source: SOURCE, payload: deliveryIn(message) }, clock),
  );
}

/** The event of a consent, as it is stored with the state and published. */
export function consentEvent({ cause, consent }: ConsentChange, actor: ActorRef, clock: Clock): PendingEvent {
  const subject = consentName({ owner: consent.owner, consent: consent.id });
  const payload = encode(ConsentEvent, { cause, actor: actorName(actor), consent: consentTo(consent) });
  const envelope = newEnvelope({ type: CONSENT_TYPE, subject, version: consent.version, source: SOURCE, payload }, clock);
  return { topic: TOPICS.consents.name, ...newRecord(envelope) };
}

/** The event of a data key that is destroyed. */
export const keyEvent = (keyId: string, cause: 'retention' | 'erasure', actor: ActorRef | undefined, clock: Clock): NewRecord =>
  newRecord(
    newEnvelope(
      {
        type: KEY_TYPE,
        subject: `keys/${keyId}`,
        version: 1,
        source: SOURCE,
        payload: encode(KeyEvent, { keyId, cause, actor: actor === undefined ? '' : actorName(actor) }),
      },
      clock,
    ),
  );
