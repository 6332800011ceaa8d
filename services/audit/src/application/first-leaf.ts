import { utf8 } from '@corridor/kernel';
import type { Place } from '../domain/batch.ts';

/**
 * Where the first leaf of a log stands that succeeds another: the signed checkpoint of that other log, as if it were the
 * one record of a topic of this name.
 */
export const CONTINUED: Place = { topic: 'checkpoint', partition: 0, offset: 0 };

/** The leaf's input when `place` is that of the first leaf and there is a log before this one. */
export function continuedAt({ topic, partition, offset }: Place, continues: string): Uint8Array | undefined {
  const isThere = topic === CONTINUED.topic && partition === CONTINUED.partition && offset === CONTINUED.offset;
  return isThere && continues !== '' ? utf8(continues) : undefined;
}
