import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { PartnerMechanism } from '../partner-topics.ts';

/**
 * Credentials of SCRAM users, as brokers keep them (KIP-554). kafkajs has no such requests. A password never goes to a
 * broker: what goes there is salted here (RFC 5802, section 3), and the broker keeps what follows from that.
 */

const DERIVED: Readonly<Record<PartnerMechanism, { readonly code: number; readonly digest: string; readonly bytes: number }>> = {
  'SCRAM-SHA-256': { code: 1, digest: 'sha256', bytes: 32 },
  'SCRAM-SHA-512': { code: 2, digest: 'sha512', bytes: 64 },
};
const SALT_BYTES = 32;
/** RESOURCE_NOT_FOUND: there is no such user. */
const NOT_THERE = 91;
const derive = promisify(pbkdf2);

/** A request that kafkajs sends as it does its own. */
export interface WireRequest<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: {
    decode(payload: Buffer): Promise<T>;
    parse(decoded: T): Promise<T>;
  };
}

/** What became of a user. */
export interface ScramOutcome {
  readonly user: string;
  /** 0: done, or there is nothing to take away. */
  readonly errorCode: number;
}

/** How a user's password is salted, for each of its mechanisms; none where there is no such user. */
export interface ScramUser {
  readonly user: string;
  readonly errorCode: number;
  readonly iterations: ReadonlyMap<PartnerMechanism, number>;
}

export interface NewCredential {
  readonly user: string;
  readonly mechanism: PartnerMechanism;
  /** ASCII, so that RFC 4013 leaves it as it is. */
  readonly password: string;
  /** At least 4096; at most 16,384, which brokers take. */
  readonly iterations: number;
}

/*
 * AlterUserScramCredentials Request (Version: 0) => [deletions] [upsertions] _tagged_fields
 *   deletions => name mechanism _tagged_fields
 *     name => COMPACT_STRING
 *     mechanism => INT8
 *   upsertions => name mechanism iterations salt salted_password _tagged_fields
 *     name => COMPACT_STRING
 *     mechanism => INT8
 *     iterations => INT32
 *     salt => COMPACT_BYTES
 *     salted_password => COMPACT_BYTES
 *
 * AlterUserScramCredentials Response (Version: 0) => throttle_time_ms [results] _tagged_fields
 *   throttle_time_ms => INT32
 *   results => user error_code error_message _tagged_fields
 *     user => COMPACT_STRING
 *     error_code => INT16
 *     error_message => COMPACT_NULLABLE_STRING
 *
 * Its headers are flexible (request version 2, response version 1): a tag buffer ends them. kafkajs writes and reads them
 * without, so that this buffer stands first in what is encoded and decoded here.
 */
const ALTER = { apiKey: 51, apiVersion: 0, apiName: 'AlterUserScramCredentials' } as const;

/** Gives a user a password; the one before is gone. */
export async function setCredential(credential: NewCredential): Promise<WireRequest<readonly ScramOutcome[]>> {
  const { user, mechanism, password, iterations } = credential;
  const { code, digest, bytes } = DERIVED[mechanism];
  const salt = randomBytes(SALT_BYTES);
  const salted = await derive(password, salt, iterations, bytes, digest);
  const body = [TAGS, array([]), array([Buffer.concat([string(user), int8(code), int32(iterations), counted(salt), counted(salted), TAGS])]), TAGS];
  return wireRequest(ALTER, body, outcomes);
}

/** Takes a user's credential for a mechanism away. */
export const removeCredential = (user: string, mechanism: PartnerMechanism): WireRequest<readonly ScramOutcome[]> =>
  wireRequest(ALTER, [TAGS, array([Buffer.concat([string(user), int8(DERIVED[mechanism].code), TAGS])]), array([]), TAGS], outcomes);

function outcomes(from: WireReader): readonly ScramOutcome[] {
  from.tags();
  from.int32();
  const results = from.array(() => {
    const outcome = { user: from.string(), errorCode: from.int16() };
    from.string();
    from.tags();
    return { ...outcome, errorCode: outcome.errorCode === NOT_THERE ? 0 : outcome.errorCode };
  });
  from.tags();
  return results;
}

/*
 * DescribeUserScramCredentials Request (Version: 0) => [users] _tagged_fields
 *   users => name _tagged_fields
 *     name => COMPACT_STRING
 *
 * DescribeUserScramCredentials Response (Version: 0) => throttle_time_ms error_code error_message [results] _tagged_fields
 *   throttle_time_ms => INT32
 *   error_code => INT16
 *   error_message => COMPACT_NULLABLE_STRING
 *   results => user error_code error_message [credential_infos] _tagged_fields
 *     user => COMPACT_STRING
 *     error_code => INT16
 *     error_message => COMPACT_NULLABLE_STRING
 *     credential_infos => mechanism iterations _tagged_fields
 *       mechanism => INT8
 *       iterations => INT32
 *
 * Headers as above.
 */
const DESCRIBE = { apiKey: 50, apiVersion: 0, apiName: 'DescribeUserScramCredentials' } as const;

/** What the broker that is asked knows of a user. */
export const describeUser = (user: string): WireRequest<ScramUser> =>
  wireRequest(DESCRIBE, [TAGS, array([Buffer.concat([string(user), TAGS])]), TAGS], (from) => {
    from.tags();
    from.int32();
    const refused = from.int16();
    from.string();
    const [result] = from.array(() => {
      const name = from.string();
      const errorCode = from.int16();
      from.string();
      const infos = from.array(() => {
        const info = { code: from.int8(), iterations: from.int32() };
        from.tags();
        return info;
      });
      from.tags();
      return { name, errorCode, infos };
    });
    from.tags();
    const iterations = new Map<PartnerMechanism, number>();
    for (const mechanism of MECHANISMS) {
      const info = result?.infos.find(({ code }) => code === DERIVED[mechanism].code);
      if (info !== undefined) iterations.set(mechanism, info.iterations);
    }
    const errorCode = refused === 0 ? (result?.errorCode ?? 0) : refused;
    return { user, errorCode: errorCode === NOT_THERE ? 0 : errorCode, iterations };
  });

export const MECHANISMS: readonly PartnerMechanism[] = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];

function wireRequest<T>(api: { readonly apiKey: number; readonly apiVersion: number; readonly apiName: string }, body: readonly Buffer[], read: (from: WireReader) => T): WireRequest<T> {
  const bytes = Buffer.concat(body);
  return {
    request: { ...api, encode: async () => ({ buf: bytes, buffer: bytes }) },
    response: { decode: async (payload) => read(new WireReader(payload)), parse: async (decoded) => decoded },
  };
}

const TAGS = Buffer.of(0);
const int8 = (value: number): Buffer => Buffer.of(value);
function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
function unsigned(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  return Buffer.from([...bytes, left]);
}
const counted = (bytes: Buffer): Buffer => Buffer.concat([unsigned(bytes.length + 1), bytes]);
const string = (text: string): Buffer => counted(Buffer.from(text));
const array = (items: readonly Buffer[]): Buffer => Buffer.concat([unsigned(items.length + 1), ...items]);

/** Reads the compact types of flexible versions (KIP-482). */
class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#skip(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#skip(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#skip(4));
  }

  /** The empty text for null. */
  string(): string {
    const length = Math.max(0, this.#unsigned() - 1);
    const from = this.#skip(length);
    return this.#bytes.toString('utf8', from, this.#at);
  }

  array<T>(item: () => T): readonly T[] {
    const items: T[] = [];
    for (let left = this.#unsigned() - 1; left > 0; left -= 1) items.push(item());
    return items;
  }

  /** Skips what later versions may add. */
  tags(): void {
    for (let left = this.#unsigned(); left > 0; left -= 1) {
      this.#unsigned();
      this.#skip(this.#unsigned());
    }
  }

  #unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#skip(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  #skip(bytes: number): number {
    const from = this.#at;
    this.#at += bytes;
    return from;
  }
}
