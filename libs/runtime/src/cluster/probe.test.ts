import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterEach, expect, it } from 'vitest';
import { addInfrastructure } from '../rpc/infrastructure.ts';
import { serves } from './probe.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.forceShutdown();
});

async function listen() {
  const server = new Server();
  servers.push(server);
  const health = addInfrastructure(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('0.0.0.0:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return { server, health, listener: { host: '0.0.0.0', port } };
}

it('says whether the process serves, as it says of itself', async () => {
  const { health, listener } = await listen();
  expect(await serves(listener)).toBe(false);
  health.set('', true);
  expect(await serves(listener)).toBe(true);
  health.set('', false);
  expect(await serves(listener)).toBe(false);
});

it('takes a process that does not answer for one that does not serve', async () => {
  const { server, listener } = await listen();
  server.forceShutdown();
  expect(await serves(listener)).toBe(false);
});
