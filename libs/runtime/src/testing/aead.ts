import type { NodeAead } from '../keys/keys.ts';
import { RotatingAead } from '../keys/node-aead.ts';

/** The AEAD of a node whose key for every use is made of one byte. */
export const aeadOf = (byte: number): NodeAead => new RotatingAead(new Uint8Array(32).fill(byte), []);
