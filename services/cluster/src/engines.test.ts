import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { enginesFor } from './engines.ts';

afterEach(() => vi.unstubAllEnvs());
const nothing = (): void => {};

it('takes engines that the environment names as they are', async () => {
  expect(await enginesFor({ CORRIDOR_KAFKA: 'a:1', CORRIDOR_MONGODB: 'mongodb://b/' }, nothing)).toEqual({});
});

it('refuses half of them', async () => {
  await expect(enginesFor({ CORRIDOR_KAFKA: 'a:1', CORRIDOR_MONGODB: '' }, nothing)).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
});

it('says what to do where there are neither engines nor Docker', async () => {
  vi.stubEnv('PATH', mkdtempSync(join(tmpdir(), 'corridor-no-docker-')));
  await expect(enginesFor({}, nothing)).rejects.toThrow(/give CORRIDOR_KAFKA .* and CORRIDOR_MONGODB .* or start Docker/);
});
