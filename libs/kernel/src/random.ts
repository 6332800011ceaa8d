import { randomFillSync } from 'node:crypto';

/** Bytes drawn at a time: one call of the generator costs more than most of what the bytes are for. */
const DRAWN = 8192;
let pool = Buffer.alloc(0);
let used = 0;

/** Random bytes of the operating system's generator that nobody else holds; `size` at most 8192. */
export function randomBytes(size: number): Buffer {
  if (used + size > pool.length) {
    pool = randomFillSync(Buffer.allocUnsafeSlow(DRAWN));
    used = 0;
  }
  const bytes = pool.subarray(used, used + size);
  used += size;
  return bytes;
}
