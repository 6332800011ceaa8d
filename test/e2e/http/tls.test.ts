import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect, foundNode } from '@corridor/client';
import { AgencyKind } from '@corridor/contracts/common/v1/vocabulary';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { systemClock } from '@corridor/kernel';
import { CERTIFICATE, KEY, OTHER_CERTIFICATE } from '@corridor/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOOTSTRAP_SECRET, SECRET } from '../company.ts';
import { dataFolder, type HttpNode, startHttpNode } from './http-node.ts';

const CREDENTIALS = { actor: 'agencies/alpha/actors/staff-1', secret: SECRET };
const folder = dataFolder();
const tls = { pinned: Buffer.from(CERTIFICATE) };
let node: HttpNode;
beforeAll(async () => {
  const [certificate, key] = [join(folder.path, 'node.crt'), join(folder.path, 'node.key')];
  writeFileSync(certificate, CERTIFICATE);
  writeFileSync(key, KEY);
  node = await startHttpNode(folder.path, systemClock, { CORRIDOR_TLS_CERT: certificate, CORRIDOR_TLS_KEY: key, CORRIDOR_HTTP_HOSTS: 'corridor.example.org' });
  const agency = (agencyId: string) => ({
    agencyId,
    displayName: agencyId,
    kind: AgencyKind.AGENCY_KIND_NGO,
    country: '',
    memberStates: [],
    areas: [],
    firstActor: { actorId: 'staff-1', roles: [Role.ROLE_ADMINISTRATOR], secret: SECRET },
  });
  const operator = { actorId: 'staff-1', roles: [Role.ROLE_OPERATOR], secret: SECRET };
  await foundNode({ address: node.grpc, tls }, { bootstrapSecret: BOOTSTRAP_SECRET, operator, agencies: [agency('alpha'), agency('beta')] });
});
afterAll(async () => {
  await node.stop();
  folder.remove();
});

/** Calls the node as a browser does that trusts its certificate. */
const ask = (path: string, body?: unknown) =>
  new Promise<{ readonly status: number; readonly cookie: string; readonly transport: string }>((resolve, reject) => {
    const host = 'corridor.example.org';
    const headers = { host, ...(body === undefined ? {} : { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }) };
    const call = request(`${node.http}${path}`, { method: body === undefined ? 'GET' : 'POST', ca: CERTIFICATE, servername: host, headers, agent: false }, (answer) => {
      answer.resume();
      const { 'set-cookie': cookies = [], 'strict-transport-security': transport = '' } = answer.headers;
      resolve({ status: answer.statusCode ?? 0, cookie: cookies[0] ?? '', transport });
    });
    call.once('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });

describe('a node with a certificate', () => {
  it('reaches itself, whatever names the certificate has, and gives cookies that never travel in clear', async () => {
    const { status, cookie, transport } = await ask('/api/v1/session', CREDENTIALS);
    expect(status).toBe(200);
    expect(cookie.split('; ')).toEqual(expect.arrayContaining(['HttpOnly', 'Secure', 'SameSite=Strict']));
    expect(transport).toContain('max-age=');
  });

  it('is not taken for another one with the same name', async () => {
    const mistaken = connect({ address: node.grpc, tls: { pinned: Buffer.from(OTHER_CERTIFICATE) }, credentials: CREDENTIALS, deadlineMs: 2000 });
    await expect(mistaken.accessToken()).rejects.toMatchObject({ reason: expect.stringMatching(/^(UNAVAILABLE|DEADLINE_EXCEEDED)$/) });
    mistaken.close();
    const right = connect({ address: node.grpc, tls, credentials: CREDENTIALS });
    await expect(right.accessToken()).resolves.toMatch(/^eyJ/);
    right.close();
  });
});
