import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { openMongo } from './connection.ts';

const PASSWORD = 'canary-of-a-password';

/** What a call rejects with. */
const rejection = async (call: Promise<unknown>): Promise<unknown> => call.then(() => undefined, (error: unknown) => error);

it.each([`mongodb://user:${PASSWORD}@`, `http://user:${PASSWORD}@127.0.0.1/`, `mongodb://user:${PASSWORD}@127.0.0.1/?nonsense=${PASSWORD}`, `mongodb://user:${PASSWORD}@127.0.0.1:port/`, ''])(
  'refuses a URL that is none with CONFIG_INVALID and does not repeat it, case %#',
  async (url) => {
    const error = await rejection(openMongo({ url, appName: 'corridor-test' }));
    expect(error).toMatchObject({ reason: 'CONFIG_INVALID' });
    expect(inspect(error, { depth: 9 })).not.toContain(PASSWORD);
  },
);

it('says UNAVAILABLE at once when nobody answers, without the credentials', async () => {
  const start = performance.now();
  const error = await rejection(openMongo({ url: `mongodb://user:${PASSWORD}@127.0.0.1:9/`, appName: 'corridor-test' }));
  expect(error).toMatchObject({ reason: 'UNAVAILABLE' });
  expect(performance.now() - start).toBeLessThan(5000);
  expect(inspect(error, { depth: 9 })).not.toContain(PASSWORD);
});
