import { view } from '@corridor/kernel';

/**
 * Bytes that grow at their end: how calls and replies are packed for the way between two threads, many into one buffer.
 * Numbers are little-endian. Written against one another with `ByteReader`.
 */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  /** `buffer`, when given, is filled first; it must not be used elsewhere. */
  constructor(buffer: ArrayBuffer = new ArrayBuffer(64 * 1024)) {
    this.#bytes = Buffer.from(buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** Forgets everything behind the first `length` bytes. */
  truncate(length: number): void {
    this.#length = Math.min(length, this.#length);
  }

  u8(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  u16(value: number): void {
    this.#room(2);
    this.#length = this.#bytes.writeUInt16LE(value, this.#length);
  }

  u32(value: number): void {
    this.#room(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  /** A safe integer from 0 on, as 8 bytes. */
  u53(value: number): void {
    this.#room(8);
    this.#bytes.writeUInt32LE(value % 0x1_0000_0000, this.#length);
    this.#length = this.#bytes.writeUInt32LE(Math.floor(value / 0x1_0000_0000), this.#length + 4);
  }

  /** Bytes as they are, without their length. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Bytes behind their length. */
  bytes(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.raw(bytes);
  }

  /** The UTF-8 bytes of a text behind their length. Returns that length. */
  text(text: string): number {
    this.#room(4 + text.length * 3);
    const length = this.#bytes.write(text, this.#length + 4);
    this.#bytes.writeUInt32LE(length, this.#length);
    this.#length += 4 + length;
    return length;
  }

  /** Leaves room for a `u32` that is known only later; `fillLength` then writes how many bytes follow it. */
  holdLength(): number {
    const at = this.#length;
    this.u32(0);
    return at;
  }

  fillLength(at: number): void {
    this.#bytes.writeUInt32LE(this.#length - at - 4, at);
  }

  /** Everything written, over the writer's own memory. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Hands the memory over; the writer must not be used again. */
  release(): ArrayBuffer {
    const { buffer } = this.#bytes;
    if (!(buffer instanceof ArrayBuffer)) throw new TypeError('the memory is shared');
    return buffer;
  }

  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.from(new ArrayBuffer(Math.max(needed, this.#bytes.length * 2)));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Reads what a `ByteWriter` wrote, in the same order. @throws RangeError past the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = view(bytes);
  }

  /** Whether nothing is left. */
  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  u8(): number {
    const value = this.#bytes.readUInt8(this.#at);
    this.#at += 1;
    return value;
  }

  u16(): number {
    const value = this.#bytes.readUInt16LE(this.#at);
    this.#at += 2;
    return value;
  }

  u32(): number {
    const value = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }

  u53(): number {
    const low = this.u32();
    return this.u32() * 0x1_0000_0000 + low;
  }

  /** The next `length` bytes, over the same memory. */
  raw(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the bytes end early');
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  /** Bytes behind their length, over the same memory. */
  bytes(): Buffer {
    return this.raw(this.u32());
  }

  text(): string {
    return this.bytes().toString();
  }

  /** A text that is a JSON object of strings. @throws TypeError, SyntaxError when it is none. */
  labels(): Readonly<Record<string, string>> {
    const value: unknown = JSON.parse(this.text());
    if (!isLabels(value)) throw new TypeError('no object of strings');
    return value;
  }

  /** Everything that is left, over the same memory. */
  rest(): Buffer {
    return this.raw(this.#bytes.length - this.#at);
  }
}

const isLabels = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((label) => typeof label === 'string');
