import type { PublishAck, UpdateReceipt } from '@corridor/contracts/hub/v1/hub';
import type { Publisher } from '../publisher.ts';
import { movementRequests, type MovementMeaning } from './movement-updates.ts';
import type { Movements } from './read-movements.ts';

/** What became of a file. */
export interface ImportOutcome {
  readonly rows: number;
  readonly leftOut: number;
  readonly updates: number;
  /** Updates that are new. */
  readonly published: number;
  /** Updates that an earlier import had published with the same content. */
  readonly repeated: number;
  /** Updates that lost to an earlier one of other content. */
  readonly refused: readonly UpdateReceipt[];
}

/**
 * Publishes a file that was read whole. It is stopped by the first message that is refused as a whole; running it again
 * goes on where it stopped, since what is there already counts as repeated.
 * @param onProgress told how many updates have been acknowledged.
 * @throws CorridorError as `Publisher.publish`.
 */
export async function importMovements(
  { rows, leftOut, groups }: Movements,
  meaning: MovementMeaning,
  publisher: Publisher,
  onProgress: (updates: number) => void = () => undefined,
): Promise<ImportOutcome> {
  let done = 0;
  let repeated = 0;
  const refused: UpdateReceipt[] = [];
  const failed = new AbortController();
  const count = (updates: number, { exceptions }: PublishAck): void => {
    done += updates;
    repeated += exceptions.filter((receipt) => receipt.repeatedUpdate && receipt.error === undefined).length;
    refused.push(...exceptions.filter(({ error }) => error !== undefined));
    onProgress(done);
  };
  for (const request of movementRequests(groups, meaning)) {
    await publisher.ready();
    if (failed.signal.aborted) break;
    publisher.publish(request).then(
      (ack) => count(request.updates.length, ack),
      (error: unknown) => failed.abort(error),
    );
  }
  await publisher.flush();
  failed.signal.throwIfAborted();
  return { rows, leftOut, updates: done, published: done - repeated - refused.length, repeated, refused };
}
