import { isTaken } from '@corridor/outbox';
import type { ActorRef } from '@corridor/policy';
import { begun } from '../domain/history.ts';
import { recorded, type Kind } from './change.ts';
import type { Followup } from './followup.ts';

/** Enters an object by its first event; undefined when its id is taken. */
export async function enter<S, E>({ clock, eventOf }: Pick<Followup, 'clock' | 'eventOf'>, { documents, evolve, happened }: Kind<S, E>, id: string, by: ActorRef, event: NoInfer<E>): Promise<S | undefined> {
  const kept = begun(evolve, recorded(clock.now(), by, event));
  try {
    await documents.create(id, kept, [await eventOf(happened(kept.state, event), by)]);
    return kept.state;
  } catch (error) {
    if (isTaken(error)) return undefined;
    throw error;
  }
}
