import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { CorridorError, GRPC_CODE, type Reason, REASONS } from '@corridor/kernel';

/**
 * How an error travels: google.rpc.Status with exactly one google.rpc.ErrorInfo in its details (AIP-193), and a
 * google.rpc.RetryInfo when the same call may do better later, as the trailer `grpc-status-details-bin`. Needs nothing of a server, so that clients read it with the same code.
 *
 *   Status    = 1: int32 code, 2: string message, 3: repeated Any details
 *   Any       = 1: string type_url, 2: bytes value
 *   ErrorInfo = 1: string reason, 2: string domain, 3: map<string, string> metadata (entry = 1: key, 2: value)
 *   RetryInfo = 1: Duration retry_delay
 *   Duration  = 1: int64 seconds, 2: int32 nanos
 */

/** Name of the trailer that carries the status. */
export const STATUS_TRAILER = 'grpc-status-details-bin';
/** `domain` of every ErrorInfo: the reasons are those of libs/kernel. */
export const ERROR_DOMAIN = 'corridor';
const ERROR_INFO_URL = 'type.googleapis.com/google.rpc.ErrorInfo';
const RETRY_INFO_URL = 'type.googleapis.com/google.rpc.RetryInfo';
const MS = 1000;
const NANOS_OF_MS = 1_000_000;

/** Trailers are bounded by what HTTP/2 peers accept as a header list (8 kB is common). */
const MAX_TEXT = 1000;
const MAX_METADATA = 16;

/** An error as it stands on the wire. */
export interface RpcStatus {
  /** google.rpc.Code. */
  readonly code: number;
  /** What is wrong and what the caller can do, in English. */
  readonly message: string;
  /** The first ErrorInfo; undefined when there is none. */
  readonly info: { readonly reason: string; readonly domain: string; readonly metadata: Readonly<Record<string, string>> } | undefined;
  /** The delay of the RetryInfo in milliseconds; undefined when there is none. */
  readonly retryAfterMs: number | undefined;
}

/** The status of an error: its message followed by what the caller can do about it. INTERNAL carries no detail. */
export function statusOf(error: CorridorError): RpcStatus {
  const hidden = error.reason === 'INTERNAL';
  const text = hidden ? 'the node failed to do this' : error.message;
  return {
    code: GRPC_CODE[error.code],
    message: short(`${text}. ${error.todo}`),
    info: {
      reason: error.reason,
      domain: ERROR_DOMAIN,
      metadata: hidden ? {} : Object.fromEntries(Object.entries(error.metadata).slice(0, MAX_METADATA).map(([k, v]) => [short(k), short(v)])),
    },
    retryAfterMs: error.retryAfterMs,
  };
}

/** The error of a status; undefined when it names no reason of ours. Its message is the status's, to be shown as it is. */
export function errorOf(status: RpcStatus): CorridorError | undefined {
  const reason = status.info?.domain === ERROR_DOMAIN ? status.info.reason : '';
  return isReason(reason) ? new CorridorError(reason, status.message, status.info?.metadata) : undefined;
}

/** Bytes of a google.rpc.Status. */
export function encodeStatus(status: RpcStatus): Uint8Array {
  const writer = new BinaryWriter();
  if (status.code !== 0) writer.uint32(field(1, VARINT)).int32(status.code);
  if (status.message !== '') writer.uint32(field(2, BYTES)).string(status.message);
  if (status.info !== undefined) {
    writer.uint32(field(3, BYTES)).fork();
    writer.uint32(field(1, BYTES)).string(ERROR_INFO_URL);
    writer.uint32(field(2, BYTES)).fork();
    writer.uint32(field(1, BYTES)).string(status.info.reason);
    writer.uint32(field(2, BYTES)).string(status.info.domain);
    for (const [key, value] of Object.entries(status.info.metadata)) {
      writer.uint32(field(3, BYTES)).fork();
      writer.uint32(field(1, BYTES)).string(key);
      writer.uint32(field(2, BYTES)).string(value);
      writer.join();
    }
    writer.join().join();
  }
  if (status.retryAfterMs !== undefined) {
    writer.uint32(field(3, BYTES)).fork();
    writer.uint32(field(1, BYTES)).string(RETRY_INFO_URL);
    writer.uint32(field(2, BYTES)).fork().uint32(field(1, BYTES)).fork();
    writer.uint32(field(1, VARINT)).int64(Math.floor(status.retryAfterMs / MS));
    writer.uint32(field(2, VARINT)).int32((status.retryAfterMs % MS) * NANOS_OF_MS);
    writer.join().join().join();
  }
  return writer.finish();
}

/** The status of bytes; undefined when they are none. */
export function decodeStatus(bytes: Uint8Array): RpcStatus | undefined {
  try {
    return readStatus(bytes);
  } catch {
    return undefined;
  }
}

function readStatus(bytes: Uint8Array): RpcStatus {
  let code = 0;
  let message = '';
  let info: RpcStatus['info'];
  let retryAfterMs: number | undefined;
  eachField(bytes, (number, reader) => {
    if (number === 1) code = reader.int32();
    else if (number === 2) message = reader.string();
    else if (number === 3) {
      const { url, value } = readAny(reader.bytes());
      if (url === ERROR_INFO_URL) info ??= readErrorInfo(value);
      if (url === RETRY_INFO_URL) retryAfterMs ??= readRetryInfo(value);
    } else return false;
    return true;
  });
  return { code, message, info, retryAfterMs };
}

function readAny(any: Uint8Array): { readonly url: string; readonly value: Uint8Array } {
  let url = '';
  let value: Uint8Array = new Uint8Array();
  eachField(any, (number, reader) => {
    if (number === 1) url = reader.string();
    else if (number === 2) value = reader.bytes();
    else return false;
    return true;
  });
  return { url, value };
}

function readErrorInfo(value: Uint8Array): RpcStatus['info'] {
  let reason = '';
  let domain = '';
  const metadata: [string, string][] = [];
  eachField(value, (number, reader) => {
    if (number === 1) reason = reader.string();
    else if (number === 2) domain = reader.string();
    else if (number === 3) metadata.push(readEntry(reader.bytes()));
    else return false;
    return true;
  });
  return { reason, domain, metadata: Object.fromEntries(metadata) };
}

function readRetryInfo(value: Uint8Array): number {
  let delay = 0;
  eachField(value, (number, reader) => {
    if (number !== 1) return false;
    eachField(reader.bytes(), (part, duration) => {
      if (part === 1) delay += Number(duration.int64()) * MS;
      else if (part === 2) delay += duration.int32() / NANOS_OF_MS;
      else return false;
      return true;
    });
    return true;
  });
  return delay;
}

function readEntry(bytes: Uint8Array): [string, string] {
  const entry: [string, string] = ['', ''];
  eachField(bytes, (number, reader) => {
    if (number !== 1 && number !== 2) return false;
    entry[number - 1] = reader.string();
    return true;
  });
  return entry;
}

/** Reads a message field by field; what `read` does not take is skipped. */
function eachField(bytes: Uint8Array, read: (number: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (!read(number, reader)) reader.skip(wireType, number);
  }
}

const VARINT = 0;
const BYTES = 2;
const field = (number: number, wireType: number): number => (number << 3) | wireType;
const short = (text: string): string => text.slice(0, MAX_TEXT).toWellFormed();
const isReason = (text: string): text is Reason => Object.hasOwn(REASONS, text);
