import type { handleUnaryCall } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { CorridorError } from '@corridor/kernel';
import { AuditServiceService } from '@corridor/contracts/audit/v1/audit';
import { HubServiceService } from '@corridor/contracts/hub/v1/hub';
import { RegistryServiceService } from '@corridor/contracts/registry/v1/registry';
import { connect, type Corridor, type Credentials } from './connect.ts';
import { startStubNode, statusError, STUB_SECRET, tokenOf, type StubBehaviour, type StubNode } from './testing/stub-node.ts';
import { isLoopback } from './transport/channel.ts';

const opened: { close(): void }[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.close()));

const signIn: Credentials = { actor: 'agencies/alpha/actors/reader', secret: STUB_SECRET };

function client({ address }: StubNode, credentials: Credentials = signIn): Corridor {
  const corridor = connect({ address, credentials, tls: false });
  opened.push(corridor);
  return corridor;
}

async function node(behaviour: StubBehaviour): Promise<StubNode> {
  const stub = await startStubNode(behaviour);
  opened.push({ close: () => stub.kill() });
  return stub;
}

const place = { query: '', pageSize: 0, pageToken: '' };
const places: handleUnaryCall<unknown, unknown> = (_, answer) => answer(null, { places: [], nextPageToken: '', gazetteerVersion: '1' });

describe('connect', () => {
  it('signs in once and uses the token for every call', async () => {
    const tokens: string[] = [];
    const seen: string[] = [];
    const stub = await node({
      onToken: (token) => tokens.push(token),
      hub: { listPlaces: ((call, answer) => (seen.push(tokenOf(call)), places(call, answer))) satisfies typeof places },
    });
    const { hub } = client(stub);
    await Promise.all([hub.listPlaces(place), hub.listPlaces(place)]);
    await hub.listPlaces(place);
    expect(tokens).toEqual(['token-1']);
    expect(seen).toEqual(['token-1', 'token-1', 'token-1']);
  });

  it('signs in again and repeats the call when the node no longer takes the token', async () => {
    const stub = await node({
      hub: {
        listPlaces: ((call, answer) =>
          tokenOf(call) === 'token-1' ? answer(statusError(new CorridorError('UNAUTHENTICATED', 'expired'))) : places(call, answer)) satisfies typeof places,
      },
    });
    await expect(client(stub).hub.listPlaces(place)).resolves.toMatchObject({ gazetteerVersion: '1' });
  });

  it('does not repeat a call for ever when every token is refused', async () => {
    const stub = await node({ hub: { listPlaces: ((_, answer) => answer(statusError(new CorridorError('UNAUTHENTICATED', 'never')))) satisfies typeof places } });
    await expect(client(stub).hub.listPlaces(place)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
    await expect(client(stub, { token: 'a token from elsewhere' }).hub.listPlaces(place)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
  });

  it('gives the error of the node with its reason, message and facts', async () => {
    const error = new CorridorError('UNKNOWN_PLACE', 'no place is called XX', { field: 'areas' });
    const stub = await node({ hub: { listPlaces: ((_, answer) => answer(statusError(error))) satisfies typeof places } });
    await expect(client(stub).hub.listPlaces(place)).rejects.toMatchObject({
      reason: 'UNKNOWN_PLACE',
      message: expect.stringContaining('no place is called XX'),
      metadata: { field: 'areas' },
    });
  });

  it('says UNAVAILABLE and names the address when nobody answers there', async () => {
    const stub = await node({});
    stub.kill();
    await expect(client(stub).hub.listPlaces(place)).rejects.toMatchObject({ reason: 'UNAVAILABLE', message: expect.stringContaining(stub.address) });
  });

  it('ends a call at its deadline, and at its signal with the reason of the signal', async () => {
    const stub = await node({ hub: { listPlaces: (() => undefined) satisfies typeof places } });
    const { hub } = client(stub);
    await expect(hub.listPlaces(place, { deadlineMs: 50 })).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    const stop = new AbortController();
    const call = hub.listPlaces(place, { signal: stop.signal });
    stop.abort(new Error('no longer wanted'));
    await expect(call).rejects.toThrow('no longer wanted');
  });

  it('offers every unary RPC of the three contracts', async () => {
    const { hub, registry, audit } = client(await node({}));
    const unary = (definition: Readonly<Record<string, { readonly requestStream: boolean; readonly responseStream: boolean }>>): string[] =>
      Object.entries(definition).flatMap(([name, rpc]) => (rpc.requestStream || rpc.responseStream ? [] : [name]));
    expect(Object.keys(hub)).toEqual(unary(HubServiceService));
    expect(Object.keys(audit)).toEqual(unary(AuditServiceService));
    // Founding and signing in need no token and have functions of their own.
    expect(Object.keys(registry)).toEqual(unary(RegistryServiceService).filter((name) => name !== 'found' && name !== 'issueToken'));
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1:50051', true],
    ['localhost:50051', true],
    ['[::1]:50051', true],
    ['dns:localhost:1', true],
    ['dns:///localhost:1', true],
    ['unix:/run/corridor', true],
    ['node.example.org:443', false],
    ['127.0.0.1.example.org:443', false],
    ['localhost.example.org', false],
    ['10.0.0.1:50051', false],
    ['[2001:db8::1]:50051', false],
    ['', false],
  ])('%s: %s', (address, expected) => expect(isLoopback(address)).toBe(expected));
});
