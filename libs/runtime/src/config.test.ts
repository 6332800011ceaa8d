import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CONFIG_VARIABLES, configFrom } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'corridor-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const pem = join(folder, 'some.pem');
writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n');
const notPem = join(folder, 'other');
writeFileSync(notPem, 'x');

describe('the settings', () => {
  it('of an empty environment are those of a laptop', () => {
    const laptop = {
      dataFolder: resolve('.corridor'),
      reserveBytes: 128_000_000,
      grpc: { host: '127.0.0.1', port: 50051 },
      http: { host: '127.0.0.1', port: 8080 },
      httpHosts: [],
      checkpointMs: 10_000,
      logOrigin: 'corridor.local/node-1',
    };
    expect(configFrom({})).toEqual(laptop);
    expect(configFrom(Object.fromEntries(Object.keys(CONFIG_VARIABLES).map((name) => [name, ''])))).toEqual(laptop);
  });

  it('are what the environment says', () => {
    const config = configFrom({
      CORRIDOR_DATA: '/var/lib/corridor',
      CORRIDOR_RESERVE_MB: '0',
      CORRIDOR_GRPC: '[::]:443',
      CORRIDOR_HTTP: 'node.example:0',
      CORRIDOR_TLS_CERT: pem,
      CORRIDOR_TLS_KEY: pem,
      CORRIDOR_MASTER_KEY_FILE: '/run/secrets/master',
      CORRIDOR_HTTP_HOSTS: 'corridor.example.org, 2001:db8::7,',
      CORRIDOR_CHECKPOINT_MS: '500',
      CORRIDOR_LOG_ORIGIN: 'example.org/a',
      CORRIDOR_BOOTSTRAP_SECRET: 'sixteen letters!',
    });
    const tls = { certificate: Buffer.from('-----BEGIN CERTIFICATE-----\n'), key: Buffer.from('-----BEGIN CERTIFICATE-----\n') };
    expect(config).toEqual({
      dataFolder: '/var/lib/corridor',
      reserveBytes: 0,
      grpc: { host: '::', port: 443, tls },
      http: { host: 'node.example', port: 0, tls },
      httpHosts: ['corridor.example.org', '2001:db8::7'],
      masterKeyFile: '/run/secrets/master',
      checkpointMs: 500,
      logOrigin: 'example.org/a',
      bootstrapSecret: 'sixteen letters!',
    });
  });

  it.each([
    ['CORRIDOR_GRPC', { CORRIDOR_GRPC: '50051' }],
    ['CORRIDOR_GRPC', { CORRIDOR_GRPC: '::1:50051' }],
    ['CORRIDOR_GRPC', { CORRIDOR_GRPC: 'localhost:70000' }],
    ['CORRIDOR_HTTP', { CORRIDOR_HTTP: 'http://localhost:80' }],
    ['CORRIDOR_HTTP_HOSTS', { CORRIDOR_HTTP_HOSTS: 'https://corridor.example.org/' }],
    ['CORRIDOR_HTTP_HOSTS', { CORRIDOR_HTTP_HOSTS: 'corridor.example.org localhost' }],
    ['CORRIDOR_RESERVE_MB', { CORRIDOR_RESERVE_MB: '-1' }],
    ['CORRIDOR_RESERVE_MB', { CORRIDOR_RESERVE_MB: '1000001' }],
    ['CORRIDOR_CHECKPOINT_MS', { CORRIDOR_CHECKPOINT_MS: '0' }],
    ['CORRIDOR_CHECKPOINT_MS', { CORRIDOR_CHECKPOINT_MS: '1e3' }],
    ['CORRIDOR_CHECKPOINT_MS', { CORRIDOR_CHECKPOINT_MS: '10 s' }],
    ['CORRIDOR_BOOTSTRAP_SECRET', { CORRIDOR_BOOTSTRAP_SECRET: 'short' }],
    ['CORRIDOR_TLS_KEY', { CORRIDOR_TLS_CERT: pem }],
    ['CORRIDOR_TLS_CERT', { CORRIDOR_TLS_KEY: pem }],
    ['CORRIDOR_TLS_CERT', { CORRIDOR_TLS_CERT: join(folder, 'nothing'), CORRIDOR_TLS_KEY: pem }],
    ['CORRIDOR_TLS_KEY', { CORRIDOR_TLS_CERT: pem, CORRIDOR_TLS_KEY: notPem }],
    ['CORRIDOR_LOG_CONTINUES', { CORRIDOR_LOG_CONTINUES: join(folder, 'nothing') }],
  ])('that make no sense are refused by the name %s', (name, env) => {
    const refused = expect.objectContaining({
      reason: 'CONFIG_INVALID',
      message: expect.stringContaining(name),
      metadata: { variable: name },
    });
    expect(() => configFrom(env)).toThrow(refused);
  });

  it('name the checkpoint behind which a restored log goes on', () => {
    expect(configFrom({ CORRIDOR_LOG_CONTINUES: notPem }).logContinues).toBe(readFileSync(notPem, 'utf8'));
  });

  it('that are secret do not show in what is said about them', () => {
    expect(() => configFrom({ CORRIDOR_BOOTSTRAP_SECRET: 'swordfish' })).toThrow(expect.not.objectContaining({ message: expect.stringContaining('swordfish') }));
  });
});
