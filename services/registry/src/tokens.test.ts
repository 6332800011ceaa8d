import { Role } from '@corridor/contracts/registry/v1/resources';
import { CorridorError } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foundRegistry, openRegistry, OPERATOR, RELIEF, secretOf, temporaryFolder, WatchedClock, START, type TestRegistry } from './registry.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let clock: WatchedClock;
let registry: TestRegistry;
beforeEach(async () => {
  folder = await temporaryFolder();
  clock = new WatchedClock(START);
  registry = await openRegistry(folder.path, {}, clock);
  await foundRegistry(registry);
});
afterEach(async () => {
  await registry.close();
  await folder.remove();
});

const login = async (actor: string, secret: string): Promise<unknown> =>
  registry.call('issueToken', { actor, secret }).then(
    () => 'in',
    (error: unknown) => {
      const { reason, message, metadata } = CorridorError.from(error);
      return { reason, message, metadata };
    },
  );

describe('a token', () => {
  it('is given to an actor who proves its secret, for an hour', async () => {
    const { token, expireTime } = await registry.call('issueToken', { actor: RELIEF.name, secret: secretOf('relief') });
    expect(token.split('.')).toHaveLength(3);
    expect(expireTime).toEqual(new Date(START + 3_600_000));
  });

  it('is refused in equal words to the unknown, the retired, the withdrawn and the wrong secret', async () => {
    const ben = { actorId: 'ben', roles: [Role.ROLE_READER], secret: secretOf('ben') };
    await registry.call('addActor', { agency: 'agencies/relief', actor: ben }, RELIEF);
    await clock.confirm(registry.call('retireActor', { name: 'agencies/relief/actors/ben' }, RELIEF));
    await clock.confirm(registry.call('withdrawAgency', { name: 'agencies/harbour', expectedVersion: 0n, reason: 'left' }, OPERATOR));
    const answers = [
      await login('agencies/nowhere/actors/ada', secretOf('relief')),
      await login('agencies/relief/actors/nobody', secretOf('relief')),
      await login(RELIEF.name, secretOf('harbour')),
      await login('agencies/relief/actors/ben', secretOf('ben')),
      await login('agencies/harbour/actors/ada', secretOf('harbour')),
    ];
    expect(answers[0]).toMatchObject({ reason: 'UNAUTHENTICATED' });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('is still given to an actor of a suspended agency, who may need it to leave', async () => {
    await clock.confirm(registry.call('suspendAgency', { name: 'agencies/relief', expectedVersion: 0n, reason: 'a breach' }, OPERATOR));
    expect(await login(RELIEF.name, secretOf('relief'))).toBe('in');
  });

  it('is not to be had by guessing, whether or not there is such an actor', async () => {
    for (const actor of [RELIEF.name, 'agencies/relief/actors/nobody']) {
      const answers: unknown[] = [];
      for (let i = 0; i < 9; i += 1) answers.push(await login(actor, `a guess at the secret ${i}`));
      expect(answers.slice(0, 8)).toEqual(Array.from({ length: 8 }, (): unknown => expect.objectContaining({ reason: 'UNAUTHENTICATED' })));
      expect(answers[8]).toMatchObject({ reason: 'RATE_LIMITED' });
    }
    expect(await login(RELIEF.name, secretOf('relief'))).toMatchObject({ reason: 'RATE_LIMITED' });
    clock.advance(10_000);
    expect(await login(RELIEF.name, secretOf('relief'))).toBe('in');
  });

  it('is given as often as the secret is right', async () => {
    for (let i = 0; i < 20; i += 1) expect(await login(RELIEF.name, secretOf('relief'))).toBe('in');
  });

  it('follows a replaced secret at once', async () => {
    await registry.call('setActorSecret', { name: RELIEF.name, secret: secretOf('new') }, RELIEF);
    expect(await login(RELIEF.name, secretOf('relief'))).toMatchObject({ reason: 'UNAUTHENTICATED' });
    expect(await login(RELIEF.name, secretOf('new'))).toBe('in');
  });
});
