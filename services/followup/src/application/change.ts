import type { Documents } from '@corridor/documents';
import { CorridorError } from '@corridor/kernel';
import { commit } from '@corridor/outbox';
import type { ActorRef } from '@corridor/policy';
import { after, type Evolve, type Kept, type Recorded } from '../domain/history.ts';
import { isErased, type Followup, type Happened, type Stored } from './followup.ts';

/** What there is of one kind, and how it changes. */
export interface Kind<S, E> {
  readonly documents: Documents<Stored<S, E>>;
  readonly evolve: Evolve<S, E>;
  readonly happened: (state: S, event: E) => Happened;
}

/** The answer to whoever may not see something, and to whoever names what is not there. */
export const unknown = (what: string): CorridorError => new CorridorError('NOT_FOUND', `there is no such ${what} for you`, { field: 'name' });

/**
 * Commits what somebody does to an object, with its event in one write; an event of undefined changes nothing.
 * @returns the object after it
 * @throws CorridorError NOT_FOUND, and what `decide` throws
 */
export async function change<S, E extends object>(
  { clock, eventOf }: Pick<Followup, 'clock' | 'eventOf'>,
  { documents, evolve, happened }: Kind<S, E>,
  id: string,
  by: ActorRef,
  decide: (state: S, history: readonly Recorded<E>[]) => NoInfer<E> | undefined | Promise<NoInfer<E> | undefined>,
): Promise<S> {
  let left: S | undefined;
  const changed = await commit<Stored<S, E>, Kept<S, E> | undefined>({
    documents,
    id,
    decide: async (stored) => {
      if (stored === undefined || isErased(stored)) throw unknown('object');
      left = stored.state;
      const event = await decide(stored.state, stored.history);
      return event === undefined ? undefined : after(evolve, stored, recorded(clock.now(), by, event));
    },
    evolve: (_, next) => next,
    eventOf: ({ state, history }) => {
      const last = history.at(-1);
      if (last === undefined) throw new CorridorError('INTERNAL', 'a change has an event');
      return eventOf(happened(state, last.event), by);
    },
  });
  const state = changed?.state ?? left;
  if (state === undefined) throw unknown('object');
  return state;
}

/** Something that somebody did at a time. */
export const recorded = <E>(at: number, { agency, actor }: ActorRef, event: E): Recorded<E> => ({ at, by: { agency, actor }, event });
