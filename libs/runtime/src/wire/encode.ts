import { BinaryWriter } from '@bufbuild/protobuf/wire';

interface Encodes<T> {
  encode(message: T, writer: BinaryWriter): BinaryWriter;
}

let writer = new BinaryWriter();

/** The bytes of a message. One writer serves all: growing a new buffer for each message costs more than writing it. */
export function encode<T>(type: Encodes<T>, message: T): Uint8Array {
  try {
    return type.encode(message, writer).finish();
  } catch (error) {
    // What it had written so far must not stand in front of the next message.
    writer = new BinaryWriter();
    throw error;
  }
}
