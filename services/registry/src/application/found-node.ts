import { CorridorError } from '@corridor/kernel';
import { isTaken } from '@corridor/outbox';
import type { ActorProfile } from '../domain/actors.ts';
import type { AgencyProfile } from '../domain/agency-life.ts';
import { decideFounding } from '../domain/founding.ts';
import { OPERATOR, type Agency } from '../domain/organisation.ts';
import type { Founding, Registry } from './registry.ts';

/** An actor to be, with the secret it will prove itself by. */
export interface ActorToBe extends Omit<ActorProfile, 'secretId'> {
  readonly secret: string;
}

/** An agency to be, with its first administrator. */
export interface AgencyToBe {
  readonly profile: AgencyProfile;
  readonly firstActor: ActorToBe;
}

/** The id of the one founding document. */
const FOUNDING = 'founding';

/**
 * Opens an empty registry: the operator and two agencies that enter active. Whoever creates the founding document has
 * founded the node; what it founds follows from it, here or, after a crash, at the next start.
 * @throws PERMISSION_DENIED without the bootstrap secret, ALREADY_FOUNDED, INVALID_ARGUMENT, UNKNOWN_PLACE
 */
export async function foundNode(
  registry: Registry,
  bootstrapSecret: string,
  operator: ActorToBe,
  agencies: readonly AgencyToBe[],
): Promise<readonly Agency[]> {
  if (!registry.isBootstrapSecret(bootstrapSecret)) {
    throw new CorridorError('PERMISSION_DENIED', 'the founding act needs the bootstrap secret of the node');
  }
  if ((await registry.foundings.get(FOUNDING)) !== undefined) throw alreadyFounded();
  const actors = [operator, ...agencies.map(({ firstActor }) => firstActor)];
  const unkept = (actor: ActorToBe): ActorProfile => ({ id: actor.id, roles: actor.roles, secretId: '' });
  const firsts = agencies.map(({ profile, firstActor }) => ({ profile, firstActor: unkept(firstActor) }));
  // Everything is checked before the first slow hash, and decided again with the ids of the kept secrets.
  decideFounding({ operator: unkept(operator), agencies: firsts }, registry.gazetteer);
  for (const actor of actors) registry.secrets.check(actor.secret, 'secret');
  const [operatorSecret = '', ...secretIds] = await Promise.all(actors.map(({ secret }) => registry.secrets.keep(secret, 'secret')));
  const entries = decideFounding(
    {
      operator: { ...unkept(operator), secretId: operatorSecret },
      agencies: firsts.map(({ profile, firstActor }, i) => ({
        profile,
        firstActor: { ...firstActor, secretId: secretIds[i] ?? '' },
      })),
    },
    registry.gazetteer,
  );
  try {
    await registry.foundings.create(FOUNDING, { by: `agencies/${OPERATOR}/actors/${operator.id}`, entries, done: false });
  } catch (error) {
    // After any other failure the write may have been done, with these secrets.
    if (!isTaken(error)) throw error;
    await registry.secrets.forget(operatorSecret, ...secretIds);
    throw alreadyFounded();
  }
  await completeFounding(registry);
  await registry.published();
  return entries.flatMap(({ organisation: { agency } }) => (agency === undefined ? [] : [agency]));
}

/** Enters what a founding act has founded and a crash has left out; does nothing when there is nothing to do. */
export async function completeFounding(registry: Registry): Promise<void> {
  const stored = await registry.foundings.get(FOUNDING);
  if (stored === undefined || stored.doc.done) return;
  for (const { organisation, changes } of stored.doc.entries) {
    const events = changes.map((change) => registry.eventOf(change, stored.doc.by));
    await registry.organisations.create(organisation.id, organisation, events).catch(unless(isTaken));
  }
  const done: Founding = { by: stored.doc.by, entries: [], done: true };
  await registry.foundings.commit(FOUNDING, stored.version, done).catch(unless(isLost));
}

/** Another replica may have done the same step before. */
const unless =
  (harmless: (error: unknown) => boolean) =>
  (error: unknown): void => {
    if (!harmless(error)) throw error;
  };

const isLost = (error: unknown): boolean => error instanceof CorridorError && error.reason === 'VERSION_CONFLICT';

const alreadyFounded = (): CorridorError => new CorridorError('ALREADY_FOUNDED', 'the node was founded before');
