import { RecordEvent, type DecisionRecord } from '@corridor/contracts/hub/v1/record';
import type { EventLog, NewRecord, Position, StoredRecord } from '@corridor/eventlog';
import { CorridorError, view, type AgencyId, type Clock } from '@corridor/kernel';
import { viewKey } from '@corridor/policy';
import {
  actorName,
  agencyName,
  encode,
  handlingTo,
  newEnvelope,
  newRecord,
  offsetsTo,
  readEnvelope,
  revisionTo,
  seriesName,
  TOPICS,
  updateName,
  wire,
} from '@corridor/runtime';
import type { DecisionEntry, RecordBook } from './record-book.ts';

const TYPE = 'corridor.hub.v1.RecordEvent';

/** What one record of corridor.record.v1 says. */
type Entry = NonNullable<RecordEvent['entry']>;

/** Who writes to the record, as CloudEvents name a source. */
export type RecordSource = `/${string}`;

/** Puts one entry on record, under its recipient's key; resolves with its position when it is durable. */
export type PutOnRecord = (recipient: AgencyId, entry: Entry) => Promise<Position>;

const recordOf = (recipient: AgencyId, entry: Entry, source: RecordSource, clock: Clock): NewRecord =>
  newRecord(newEnvelope({ type: TYPE, subject: recipient, version: 0, source, payload: encode(RecordEvent, { entry }) }, clock));

/** Puts entries on record that only one service has, one at a time. */
export const putOnRecord =
  (log: EventLog, clock: Clock, source: RecordSource): PutOnRecord =>
  async (recipient, entry) => {
    const [position] = await log.append(TOPICS.record.name, [recordOf(recipient, entry, source, clock)]);
    if (position === undefined) throw new CorridorError('INTERNAL', 'the log gave no position');
    return position;
  };

/** What a record of corridor.record.v1 says. @throws CorridorError DATABASE_DAMAGED. */
export function recordEventOf(record: StoredRecord): RecordEvent {
  const { body } = readEnvelope(record);
  if (body.$case !== 'payload') throw new CorridorError('DATABASE_DAMAGED', 'a record of the record topic is sealed');
  return RecordEvent.decode(body.value);
}

/** The record book over the log. */
export function recordBook(log: EventLog, clock: Clock, source: RecordSource): RecordBook {
  const put = putOnRecord(log, clock, source);
  return {
    decisions: async (entries) => {
      if (entries.length === 0) return;
      await log.append(
        TOPICS.record.name,
        entries.map((entry) => recordOf(entry.recipient.agency, { $case: 'decision', value: decisionTo(entry) }, source, clock)),
      );
    },
    openWindow: async (entry) => {
      await put(entry.recipient, {
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
      put(recipient, {
        $case: 'windowClose',
        value: { windowId, recipient: agencyName(recipient), to: offsetsTo(to), size: BigInt(size), root: view(root) },
      }),
    read: async ({ actor, purpose, shown, refused, revision }) => {
      await put(actor.agency, {
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
