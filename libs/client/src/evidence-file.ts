import { CorridorError, view } from '@corridor/kernel';
import { RECORD_TOPIC, type DeliveryEvidence } from './evidence.ts';

const FORMAT = 'corridor-delivery-evidence/1';

/**
 * The text of an evidence file, JSON. Byte strings are base64 (RFC 4648, section 4), `leafIndex` is a decimal string:
 * `{ format, windowId, index, salt, batch, windowPath[], record: { topic, envelope, leafIndex, path[] }, checkpoint }`.
 */
export function formatEvidence(evidence: DeliveryEvidence): string {
  const file = {
    format: FORMAT,
    windowId: evidence.windowId,
    index: evidence.index,
    salt: base64(evidence.salt),
    batch: base64(evidence.batch),
    windowPath: evidence.windowPath.map(base64),
    record: {
      topic: RECORD_TOPIC,
      envelope: base64(evidence.envelope),
      leafIndex: evidence.leafIndex.toString(),
      path: evidence.logPath.map(base64),
    },
    checkpoint: evidence.checkpoint,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Reads an evidence file. @throws CorridorError INVALID_ARGUMENT naming the field that is missing or wrong. */
export function parseEvidence(text: string): DeliveryEvidence {
  const file = object(json(text), 'evidence');
  if (file['format'] !== FORMAT) throw invalid('format', `must be ${FORMAT}`);
  const record = object(file['record'], 'record');
  const leafIndex = string(record['leafIndex'], 'record.leafIndex');
  if (!/^(0|[1-9][0-9]{0,15})$/.test(leafIndex)) throw invalid('record.leafIndex', 'must be a whole number as text');
  const index = file['index'];
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) throw invalid('index', 'must be a whole number');
  return {
    windowId: string(file['windowId'], 'windowId'),
    index,
    salt: bytes(file['salt'], 'salt'),
    batch: bytes(file['batch'], 'batch'),
    windowPath: list(file['windowPath'], 'windowPath'),
    envelope: bytes(record['envelope'], 'record.envelope'),
    leafIndex: BigInt(leafIndex),
    logPath: list(record['path'], 'record.path'),
    checkpoint: string(file['checkpoint'], 'checkpoint'),
  };
}

const base64 = (value: Uint8Array): string => view(value).toString('base64');

const invalid = (field: string, message: string): CorridorError =>
  new CorridorError('INVALID_ARGUMENT', `evidence file: ${field} ${message}`, { field });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('the file', 'is not JSON');
  }
}

function object(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, 'must be an object');
  return Object.fromEntries(Object.entries(value));
}

function string(value: unknown, field: string): string {
  if (typeof value !== 'string') throw invalid(field, 'must be a text');
  return value;
}

function bytes(value: unknown, field: string): Uint8Array {
  const text = string(value, field);
  const decoded = Buffer.from(text, 'base64');
  if (decoded.toString('base64') !== text) throw invalid(field, 'must be base64');
  return decoded;
}

function list(value: unknown, field: string): readonly Uint8Array[] {
  if (!Array.isArray(value)) throw invalid(field, 'must be a list');
  return value.map((item, i) => bytes(item, `${field}[${i}]`));
}
