import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { secretsIn } from './secrets.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('makes what is not given, for its owner alone, and keeps it', () => {
  const { env, bootstrapSecretFile } = secretsIn(folder, { CORRIDOR_BOOTSTRAP_SECRET: '' });
  expect(env).toEqual({ CORRIDOR_MASTER_KEY_FILE: join(folder, 'master.key'), CORRIDOR_BOOTSTRAP_SECRET_FILE: bootstrapSecretFile });
  const files = Object.values(env);
  const contents = files.map((file) => readFileSync(file, 'utf8'));
  expect(files.map((file) => statSync(file).mode & 0o077)).toEqual([0, 0]);
  secretsIn(folder, {});
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(contents);
});

it('makes nothing that is given', () => {
  expect(secretsIn(folder, { CORRIDOR_MASTER_KEY_FILE: '/keys/master.key', CORRIDOR_BOOTSTRAP_SECRET_FILE: '/keys/bootstrap' })).toEqual({ env: {}, bootstrapSecretFile: undefined });
  expect(readdirSync(folder)).toEqual([]);
});
