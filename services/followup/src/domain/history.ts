import type { ActorRef } from '@corridor/policy';

/** Something that happened to an object. */
export interface Recorded<E> {
  /** Milliseconds since the epoch; never before the one before it. */
  readonly at: number;
  readonly by: ActorRef;
  readonly event: E;
}

/** An object with everything that happened to it, oldest first and never empty. */
export interface Kept<S, E> {
  readonly state: S;
  readonly history: readonly Recorded<E>[];
}

/** The state after one thing more. `before` is undefined for the first. */
export type Evolve<S, E> = (before: S | undefined, recorded: Recorded<E>) => S;

/** An object as its first event makes it. */
export const begun = <S, E>(evolve: Evolve<S, E>, first: Recorded<E>): Kept<S, E> => ({ state: evolve(undefined, first), history: [first] });

/** The object after one thing more; time does not run backwards, whatever the clock says. */
export function after<S, E>(evolve: Evolve<S, E>, { state, history }: Kept<S, E>, next: Recorded<E>): Kept<S, E> {
  const recorded = { ...next, at: Math.max(next.at, history.at(-1)?.at ?? next.at) };
  return { state: evolve(state, recorded), history: [...history, recorded] };
}

/** The object as it stood at a moment: the fold of what had happened by then; undefined when it was not there yet. */
export const asOf = <S, E>(evolve: Evolve<S, E>, { history }: Kept<S, E>, moment: number): S | undefined =>
  history.filter(({ at }) => at <= moment).reduce<S | undefined>((state, recorded) => evolve(state, recorded), undefined);
