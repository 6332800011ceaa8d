import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CorridorError } from '@corridor/kernel';
import { afterAll, describe, expect, it } from 'vitest';
import { assertSecure } from '../rpc/listener.ts';
import { clusterConfigFrom } from './cluster-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'corridor-cluster-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
};
const least = {
  CORRIDOR_KAFKA: '127.0.0.1:9092',
  CORRIDOR_MONGODB: 'mongodb://127.0.0.1:27017/',
  CORRIDOR_MASTER_KEY_FILE: file('master.key', `${'0f'.repeat(32)}\n`),
};
const pem = file('ca.pem', '-----BEGIN CERTIFICATE-----\n');

describe('the settings of a process of the cluster edition', () => {
  it('need the engines and the master key, and nothing else', () => {
    const { kafka, mongodb, keyStore, database, masterKey, replica, services, servicesCa, grpc } = clusterConfigFrom(least);
    expect(kafka).toEqual({ connection: { brokers: ['127.0.0.1:9092'], clientId: expect.stringMatching(/^corridor-/) as string }, replicas: 1, minInsync: 1, partners: [] });
    expect([mongodb.url, keyStore, database]).toEqual(['mongodb://127.0.0.1:27017/', mongodb, 'corridor']);
    expect(masterKey).toEqual(Buffer.alloc(32, 0x0f));
    expect([replica, servicesCa, grpc]).toEqual([undefined, undefined, { host: '127.0.0.1', port: 50_051 }]);
    expect(services).toEqual({ registry: [], hub: [], alerts: [], followup: [], audit: [] });
  });

  it('are what the environment says', () => {
    const config = clusterConfigFrom({
      ...least,
      CORRIDOR_KAFKA: 'kafka-1:9092, kafka-2:9092',
      CORRIDOR_KAFKA_USER: 'corridor',
      CORRIDOR_KAFKA_PASSWORD_FILE: file('kafka.password', 'of the file\n'),
      CORRIDOR_KAFKA_MECHANISM: 'scram-sha-512',
      CORRIDOR_KAFKA_CA: pem,
      CORRIDOR_KAFKA_REPLICATION: '3',
      CORRIDOR_KAFKA_MIN_INSYNC: '2',
      CORRIDOR_KAFKA_PARTNERS: 'kafka.example.org:9094',
      CORRIDOR_MONGODB_USER: 'corridor',
      CORRIDOR_MONGODB_PASSWORD: 'of the variable',
      CORRIDOR_MONGODB_KEYS: 'mongodb://keys.example.org/',
      CORRIDOR_REPLICA: 'hub-1',
      CORRIDOR_HUB: 'hub:50051',
      CORRIDOR_PRIVATE_NETWORK: 'yes',
    });
    const ca = Buffer.from('-----BEGIN CERTIFICATE-----\n');
    expect(config.kafka).toEqual({
      connection: {
        brokers: ['kafka-1:9092', 'kafka-2:9092'],
        clientId: 'corridor-hub-1',
        ssl: { ca },
        sasl: { mechanism: 'scram-sha-512', username: 'corridor', password: 'of the file' },
      },
      replicas: 3,
      minInsync: 2,
      partners: ['kafka.example.org:9094'],
    });
    expect(config.mongodb).toEqual({ url: 'mongodb://127.0.0.1:27017/', appName: 'corridor-hub-1', username: 'corridor', password: 'of the variable' });
    expect(config.keyStore).toEqual({ ...config.mongodb, url: 'mongodb://keys.example.org/' });
    expect([config.replica, config.services.hub]).toEqual(['hub-1', ['hub:50051']]);
  });

  it('let a service be called in clear from other hosts only when its network is said to be closed', () => {
    const elsewhere = { ...least, CORRIDOR_GRPC: '0.0.0.0:50051' };
    expect(() => assertSecure(clusterConfigFrom(elsewhere).grpc)).toThrow(expect.objectContaining({ reason: 'LISTENER_INSECURE' }) as Error);
    expect(() => assertSecure(clusterConfigFrom({ ...elsewhere, CORRIDOR_PRIVATE_NETWORK: 'yes' }).grpc)).not.toThrow();
  });

  it('let services on other machines be called in clear only when the network is said to be closed', () => {
    const elsewhere = { ...least, CORRIDOR_AUDIT: '127.0.0.1:1,audit.example.org:50051' };
    expect(() => clusterConfigFrom(elsewhere)).toThrow(/^CORRIDOR_AUDIT is on another machine/);
    expect(clusterConfigFrom({ ...elsewhere, CORRIDOR_PRIVATE_NETWORK: 'yes' }).services.audit).toHaveLength(2);
    expect(clusterConfigFrom({ ...elsewhere, CORRIDOR_SERVICES_CA: pem }).services.audit).toHaveLength(2);
    expect(clusterConfigFrom({ ...least, CORRIDOR_AUDIT: '127.0.0.1:1,localhost:2,[::1]:3' }).services.audit).toHaveLength(3);
  });

  it.each([
    ['CORRIDOR_KAFKA', { CORRIDOR_KAFKA: '127.0.0.1:1,kafka.example.org:9093' }, { CORRIDOR_KAFKA_TLS: 'yes' }],
    ['CORRIDOR_KAFKA', { CORRIDOR_KAFKA: '10.0.0.7:9093' }, { CORRIDOR_KAFKA_CA: pem }],
    ['CORRIDOR_MONGODB', { CORRIDOR_MONGODB: 'mongodb://127.0.0.1,db.example.org:27017/?replicaSet=a' }, { CORRIDOR_MONGODB_CA: pem }],
    ['CORRIDOR_MONGODB', { CORRIDOR_MONGODB: 'mongodb://user:127.0.0.1@db.example.org' }, { CORRIDOR_MONGODB: 'mongodb://db.example.org/?tls=true' }],
    ['CORRIDOR_MONGODB', { CORRIDOR_MONGODB: 'mongodb+srv://db.example.org/?a=b&tls=false' }, { CORRIDOR_MONGODB: 'mongodb+srv://db.example.org' }],
    ['CORRIDOR_MONGODB', { CORRIDOR_MONGODB: 'mongodb://db.example.org?appName=tls=true' }, { CORRIDOR_MONGODB: 'mongodb://db.example.org?a=b&ssl=true' }],
    ['CORRIDOR_MONGODB_KEYS', { CORRIDOR_MONGODB_KEYS: 'mongodb://keys.example.org/' }, { CORRIDOR_MONGODB_CA: pem }],
  ])('let %s be elsewhere in clear only when the network is said to be closed (%j)', (variable, elsewhere, encrypted) => {
    expect(() => clusterConfigFrom({ ...least, ...elsewhere })).toThrow(new RegExp(`^${variable} is on another machine`));
    expect(() => clusterConfigFrom({ ...least, ...elsewhere, CORRIDOR_PRIVATE_NETWORK: 'yes' })).not.toThrow();
    expect(() => clusterConfigFrom({ ...least, ...elsewhere, ...encrypted })).not.toThrow();
  });

  it.each(['mongodb://localhost', 'mongodb://u:p@127.0.0.1:1,[::1]:2/db?replicaSet=a', 'mongodb://%2Ftmp%2Fmongodb-27017.sock/'])('take MongoDB on this machine in clear: %s', (url) => {
    expect(clusterConfigFrom({ ...least, CORRIDOR_MONGODB: url }).mongodb.url).toBe(url);
  });

  it.each([
    ['CORRIDOR_KAFKA', { CORRIDOR_KAFKA: '' }],
    ['CORRIDOR_KAFKA', { CORRIDOR_KAFKA: 'kafka' }],
    ['CORRIDOR_KAFKA_USER', { CORRIDOR_KAFKA_USER: 'corridor' }],
    ['CORRIDOR_KAFKA_USER', { CORRIDOR_KAFKA_PASSWORD: 'secret-of-kafka' }],
    ['CORRIDOR_KAFKA_MECHANISM', { CORRIDOR_KAFKA_MECHANISM: 'gssapi' }],
    ['CORRIDOR_KAFKA_TLS', { CORRIDOR_KAFKA_TLS: 'true' }],
    ['CORRIDOR_KAFKA_REPLICATION', { CORRIDOR_KAFKA_REPLICATION: '0' }],
    ['CORRIDOR_MONGODB', { CORRIDOR_MONGODB: undefined }],
    ['CORRIDOR_MONGODB', { CORRIDOR_MONGODB: 'http://user:secret-of-mongodb@host' }],
    ['CORRIDOR_MONGODB_DATABASE', { CORRIDOR_MONGODB_DATABASE: 'a.b' }],
    ['CORRIDOR_MASTER_KEY_FILE', { CORRIDOR_MASTER_KEY_FILE: undefined }],
    ['CORRIDOR_PRIVATE_NETWORK', { CORRIDOR_PRIVATE_NETWORK: '1' }],
    ['CORRIDOR_HUB', { CORRIDOR_HUB: 'hub' }],
    ['CORRIDOR_SERVICES_CA', { CORRIDOR_SERVICES_CA: join(folder, 'absent') }],
  ])('name %s when it cannot be used (%j), and no secret', (variable, env) => {
    let refusal: unknown;
    try {
      clusterConfigFrom({ ...least, ...env });
    } catch (error) {
      refusal = error;
    }
    const { reason, message } = CorridorError.from(refusal);
    expect([reason, message.includes(variable), message.includes('secret-of')]).toEqual(['CONFIG_INVALID', true, false]);
  });
});
