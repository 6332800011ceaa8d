import { ConsentEvent } from '@corridor/contracts/hub/v1/hub';
import { KeyEvent, RecordEvent, type DecisionRecord } from '@corridor/contracts/hub/v1/record';
import { UpdateBatch as WireBatch } from '@corridor/contracts/hub/v1/updates';
import type { PendingEvent } from '@corridor/documents';
import type { EventLog, NewRecord, Position, StoredRecord } from '@corridor/eventlog';
import { CorridorError, view, type Clock } from '@corridor/kernel';
import { viewKey, type ActorRef } from '@corridor/policy';
import {
  actorName,
  agencyName,
  consentName,
  handlingFrom,
  handlingTo,
  newEnvelope,
  newRecord,
  offsetsTo,
  parseActorName,
  parseSeriesName,
  readEnvelope,
  revisionFrom,
  revisionTo,
  seriesName,
  TOPICS,
  updateName,
  wire,
  type DataKey,
  encode,
} from '@corridor/runtime';
import type { DecisionEntry, RecordBook } from './application/record-book.ts';
import type { ConsentChange } from './domain/consent.ts';
import type { UpdateBatch } from './domain/update.ts';
import { consentTo } from './rpc/consents.ts';
import { filterTo } from './rpc/requests.ts';
import { updateFrom } from './rpc/updates-from-wire.ts';
import { updateTo } from './rpc/updates-to-wire.ts';

const CONSENT_TYPE = 'corridor.hub.v1.ConsentEvent';
const KEY_TYPE = 'corridor.hub.v1.KeyEvent';
const UPDATE_TYPE = 'corridor.hub.v1.UpdateBatch';
const RECORD_TYPE = 'corridor.hub.v1.RecordEvent';
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

/** The record of something that was decided, delivered, read or refused, under its recipient's key. */
const recordEvent = (recipient: string, entry: NonNullable<RecordEvent['entry']>, clock: Clock): NewRecord =>
  newRecord(
    newEnvelope(
      { type: RECORD_TYPE, subject: recipient, version: 0, source: SOURCE, payload: encode(RecordEvent, { entry }) },
      clock,
    ),
  );

/** What a record of corridor.record.v1 says. @throws CorridorError DATABASE_DAMAGED. */
export function recordEventOf(record: StoredRecord): RecordEvent {
  const { body } = readEnvelope(record);
  if (body.$case !== 'payload') throw new CorridorError('DATABASE_DAMAGED', 'a record of the record topic is sealed');
  return RecordEvent.decode(body.value);
}

/** The record book over the log. */
export function recordBook(log: EventLog, clock: Clock): RecordBook {
  const append = async (recipient: string, entry: NonNullable<RecordEvent['entry']>): Promise<Position> => {
    const [position] = await log.append(TOPICS.record.name, [recordEvent(recipient, entry, clock)]);
    if (position === undefined) throw new CorridorError('INTERNAL', 'the log gave no position');
    return position;
  };
  return {
    decisions: async (entries) => {
      if (entries.length === 0) return;
      await log.append(
        TOPICS.record.name,
        entries.map((entry) => recordEvent(entry.recipient.agency, { $case: 'decision', value: decisionTo(entry) }, clock)),
      );
    },
    openWindow: async (entry) => {
      await append(entry.recipient, {
        $case: 'windowOpen',
        value: {
          windowId: entry.windowId,
          recipient: agencyName(entry.recipient),
          subscriptionId: entry.subscriptionId,
          actor: actorName(entry.actor),
          purpose: wire.purpose.to(entry.purpose),
          from: offsetsTo(entry.from),
          bound: offsetsTo(entry.bound),
          revision: revisionTo(entry.revision),
        },
      });
    },
    closeWindow: ({ windowId, recipient, to, size, root }) =>
      append(recipient, {
        $case: 'windowClose',
        value: { windowId, recipient: agencyName(recipient), to: offsetsTo(to), size: BigInt(size), root: view(root) },
      }),
    read: async ({ actor, purpose, shown, refused, revision }) => {
      await append(actor.agency, {
        $case: 'read',
        value: {
          recipient: agencyName(actor.agency),
          actor: actorName(actor),
          purpose: wire.purpose.to(purpose),
          updates: shown.map(updateName),
          refused: refused === undefined ? '' : updateName(refused.update),
          reasons: refused?.reasons ?? [],
          revision: revisionTo(revision),
        },
      });
    },
    preview: async ({ actor, owner, series, revision }) => {
      await append(owner, {
        $case: 'preview',
        value: { owner: agencyName(owner), actor: actorName(actor), series: seriesName({ owner, series }), revision: revisionTo(revision) },
      });
    },
    acknowledge: async ({ recipient, purpose, filter, before }) => {
      await append(recipient, {
        $case: 'acknowledge',
        value: { recipient: agencyName(recipient), purpose: wire.purpose.to(purpose), filter: filterTo(filter), before: offsetsTo(before) },
      });
    },
  };
}

function decisionTo({ recipient, purpose, class: of, revision, decision }: DecisionEntry): DecisionRecord {
  const { agency, actor } = recipient;
  const inPerson = of.handling.tlp === 'red' && actor !== undefined;
  return {
    recipient: agencyName(agency),
    actor: inPerson ? actorName({ agency, actor }) : '',
    purpose: wire.purpose.to(purpose),
    series: seriesName(of),
    category: wire.category.to(of.category),
    handling: handlingTo(of.handling),
    area: of.area,
    revision: revisionTo(revision),
    allowed: decision.outcome === 'allow',
    reasons: decision.reasons,
    obligations: decision.outcome === 'allow' ? viewKey(decision.obligations) : '',
  };
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
