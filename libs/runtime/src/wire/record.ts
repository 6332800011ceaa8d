import { Envelope, type Sealed } from '@corridor/contracts/common/v1/envelope';
import type { NewRecord } from '@corridor/eventlog';
import { type Clock, CorridorError, newUuid, utf8, type Uuid, view } from '@corridor/kernel';
import { encode } from './encode.ts';

/** An envelope that has been checked: all its parts are there. */
export interface CheckedEnvelope extends Envelope {
  readonly time: Date;
  readonly body: NonNullable<Envelope['body']>;
}

/** Seals bytes under one key; a data key is one. */
export interface Sealer {
  seal(clear: Uint8Array, additionalData: Uint8Array): Sealed;
}

/** What becomes an envelope; `payload` is stored in clear, `clear` sealed under a key. */
export type NewEnvelope = EnvelopeHead & ({ readonly payload: Uint8Array } | { readonly clear: Uint8Array; readonly sealWith: Sealer });

interface EnvelopeHead {
  /** What the payload is, e.g. `corridor.registry.v1.RegistryEvent`. */
  readonly type: string;
  /** The key of the record: what it is about. */
  readonly subject: string;
  /** Version of the subject after this event, from 1; 0 where the topic has no versions. */
  readonly version: number;
  /** Who writes it, e.g. `/hub`. */
  readonly source: string;
  /** What says the same again has the same id; a new one when absent. */
  readonly id?: Uuid;
}

const CONTENT_TYPE = 'application/protobuf';
const HEADERS = ['ce_id', 'ce_type', 'ce_source', 'ce_time', 'content-type'] as const;

/** A new envelope at the clock's time. */
export function newEnvelope(parts: NewEnvelope, clock: Clock): CheckedEnvelope {
  const now = clock.now();
  const { type, subject, source } = parts;
  const id = parts.id ?? newUuid(now);
  return {
    id,
    type,
    subject,
    version: BigInt(parts.version),
    time: new Date(now),
    source,
    body:
      'payload' in parts
        ? { $case: 'payload', value: view(parts.payload) }
        : { $case: 'sealed', value: parts.sealWith.seal(parts.clear, sealedFor({ id, type, subject })) },
  };
}

/** The additional data of a sealed body: id, type and subject of its envelope, each followed by a zero byte. */
export const sealedFor = ({ id, type, subject }: Pick<Envelope, 'id' | 'type' | 'subject'>): Uint8Array =>
  utf8(`${id}\0${type}\0${subject}\0`);

/** The record of an envelope: its bytes, its subject as the key, and copies of its fields as CloudEvents headers. */
export const newRecord = (envelope: CheckedEnvelope): NewRecord => ({
  key: envelope.subject,
  envelope: encode(Envelope, envelope),
  headers: headersOf(envelope),
});

/**
 * The envelope of a record.
 * @throws CorridorError DATABASE_DAMAGED when it is none, or when key or headers are not copies of its fields.
 */
export function readEnvelope(record: NewRecord): CheckedEnvelope {
  const envelope = check(decode(record.envelope));
  const headers = headersOf(envelope);
  const differs = HEADERS.find((name) => record.headers[name] !== headers[name]);
  if (differs !== undefined) throw damaged(`its header ${differs} is not that of its envelope`);
  if (record.key !== envelope.subject) throw damaged('its key is not the subject of its envelope');
  return envelope;
}

function decode(bytes: Uint8Array): Envelope {
  try {
    return Envelope.decode(bytes);
  } catch (error) {
    throw damaged('it is no envelope', { cause: error });
  }
}

function check(envelope: Envelope): CheckedEnvelope {
  const { time, body } = envelope;
  if (time === undefined || Number.isNaN(time.getTime()) || body === undefined) throw damaged('its envelope lacks time or body');
  return { ...envelope, time, body };
}

const headersOf = (envelope: CheckedEnvelope): Readonly<Record<(typeof HEADERS)[number], string>> => ({
  ce_id: envelope.id,
  ce_type: envelope.type,
  ce_source: envelope.source,
  ce_time: envelope.time.toISOString(),
  'content-type': CONTENT_TYPE,
});

const damaged = (what: string, options?: ErrorOptions): CorridorError =>
  new CorridorError('DATABASE_DAMAGED', `a record of the log is damaged: ${what}`, {}, options);
