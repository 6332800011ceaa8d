import { CorridorError } from '@corridor/kernel';

/** In front of each message: a byte that says whether it is compressed, and its length (gRPC over HTTP/2). */
const PREFIX = 5;

/** A message as it goes over the wire. */
export function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/**
 * Cuts bytes, as they come, into the messages they carry.
 * @throws CorridorError MESSAGE_TOO_LARGE, INVALID_ARGUMENT when a message is compressed, which nobody has asked for
 */
export class Messages {
  readonly #mostBytes: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  take(bytes: Buffer): readonly Buffer[] {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole: Buffer[] = [];
    while (rest.length >= PREFIX) {
      const length = rest.readUInt32BE(1);
      if (rest[0] !== 0) throw new CorridorError('INVALID_ARGUMENT', 'the message is compressed');
      if (length > this.#mostBytes) throw new CorridorError('MESSAGE_TOO_LARGE', `the message has ${length} bytes`, { limit: String(this.#mostBytes) });
      if (rest.length < PREFIX + length) break;
      whole.push(rest.subarray(PREFIX, PREFIX + length));
      rest = rest.subarray(PREFIX + length);
    }
    this.#rest = rest;
    return whole;
  }
}
