import type { Publisher } from '@corridor/client';
import { importMovements, type ImportOutcome, type MovementMeaning, type Movements } from '@corridor/client/import-movements';

/** What was published when, about a revocation in the middle. */
export interface RevokedImport {
  readonly outcome: ImportOutcome;
  /** Ids of updates that were handed to the node after it had answered the revocation. */
  readonly afterAnswer: ReadonlySet<string>;
  readonly seconds: number;
  /** Of these, seconds in which nothing was on its way and the import waited for the answer to the revocation. */
  readonly held: number;
}

/**
 * Imports a file; half-way `revoke` is called while publishing goes on, and the last quarter waits for its answer, so that
 * something is published after it whatever the machine's speed.
 */
export async function importWithRevocation(movements: Movements, meaning: MovementMeaning, publisher: Publisher, revoke: () => Promise<unknown>): Promise<RevokedImport> {
  const updates = movements.groups.length;
  const afterAnswer = new Set<string>();
  const began = performance.now();
  let sent = 0;
  let held = 0;
  let answered = false;
  let revoking: Promise<void> | undefined;
  const interrupted: Publisher = {
    ...delegated(publisher),
    publish: (request) => {
      sent += request.updates.length;
      if (answered) for (const { updateId } of request.updates) afterAnswer.add(updateId);
      return publisher.publish(request);
    },
    ready: async () => {
      if (sent * 2 >= updates) {
        revoking ??= revoke().then(() => {
          answered = true;
        });
      }
      if (sent * 4 >= updates * 3 && !answered) {
        await publisher.flush();
        const waiting = performance.now();
        await revoking;
        held += performance.now() - waiting;
      }
      await publisher.ready();
    },
  };
  const outcome = await importMovements(movements, meaning, interrupted);
  await revoking;
  return { outcome, afterAnswer, seconds: (performance.now() - began) / 1000, held: held / 1000 };
}

const delegated = (publisher: Publisher): Pick<Publisher, 'flush' | 'close'> => ({ flush: () => publisher.flush(), close: () => publisher.close() });
