import type { Documents, Versioned } from './documents.ts';
import { isTaken, lostRace } from './lost-race.ts';

/**
 * Changes documents each by what it is at that moment, for folds that count on what they wrote before. A replica that
 * stood still may come back after another has taken over its partition: it loses the race for the document, and `next` is
 * asked again with what that one left, which has to tell it that its records are folded already.
 * @param next the document as it is to be; the same, or undefined, leaves it as it is
 * @returns every document that is there afterwards, by id
 */
export async function changeAll<T>(
  documents: Changing<T>,
  ids: readonly string[],
  next: (there: T | undefined, id: string) => T | undefined,
): Promise<ReadonlyMap<string, T>> {
  const after = new Map<string, T>();
  for (let left = [...new Set(ids)]; left.length > 0; ) {
    const there = new Map((await documents.getAll(left)).map((stored) => [stored.id, stored]));
    const written = await Promise.all(left.map((id) => change(documents, id, there.get(id), next)));
    written.forEach((change, i) => {
      const id = left[i];
      if (id !== undefined && change.kind === 'left' && change.doc !== undefined) after.set(id, change.doc);
    });
    left = left.filter((_, i) => written[i]?.kind === 'lost');
  }
  return after;
}

type Changing<T> = Pick<Documents<T>, 'getAll' | 'create' | 'commit'>;
type Change<T> = { readonly kind: 'lost' } | { readonly kind: 'left'; readonly doc: T | undefined };

async function change<T>(documents: Changing<T>, id: string, there: Versioned<T> | undefined, next: (there: T | undefined, id: string) => T | undefined): Promise<Change<T>> {
  const doc = next(there?.doc, id);
  if (doc === undefined || doc === there?.doc) return { kind: 'left', doc: there?.doc };
  try {
    await (there === undefined ? documents.create(id, doc) : documents.commit(id, there.version, doc));
    return { kind: 'left', doc };
  } catch (error) {
    if (isTaken(error) || lostRace(error)) return { kind: 'lost' };
    throw error;
  }
}
