import { type Documents, lostRace, type PendingEvent, type Versioned } from '@corridor/documents';
import { CorridorError } from '@corridor/kernel';

/** What commands that write by themselves meet, as `commit` does. */
export { isTaken, lostRace } from '@corridor/documents';

/** How often a command is decided again after losing a race for its document. */
const ATTEMPTS = 16;

/** How a command changes one document; a change of undefined is none. */
export interface Commit<T, C extends object | undefined> {
  readonly documents: Documents<T>;
  readonly id: string;
  /** @throws CorridorError NOT_FOUND when there is none, and what the deciders throw. */
  decide(state: T | undefined): C | Promise<C>;
  evolve(state: T, change: NonNullable<C>): T;
  eventOf(change: NonNullable<C>): PendingEvent | Promise<PendingEvent>;
}

/**
 * Loads, decides and commits the new state with its event in one write. When another command wins the document in
 * between, it decides again on what that one left: a command that expects a version of its resource then fails by
 * itself, and one that does not is as valid as if it had come later.
 * @throws CorridorError VERSION_CONFLICT when it loses the race again and again
 */
export async function commit<T, C extends object | undefined>({ documents, id, decide, evolve, eventOf }: Commit<T, C>): Promise<C> {
  for (let attempt = 1; ; attempt += 1) {
    const stored: Versioned<T> | undefined = await documents.get(id);
    const change: C = await decide(stored?.doc);
    if (change === undefined) return change;
    if (stored === undefined) throw new CorridorError('NOT_FOUND', 'nothing of this name is there');
    try {
      await documents.commit(id, stored.version, evolve(stored.doc, change), [await eventOf(change)]);
      return change;
    } catch (error) {
      if (!lostRace(error) || attempt === ATTEMPTS) throw error;
    }
  }
}
