import { describe, expect, it } from 'vitest';
import { builtDescriptors, contractsIn } from './contracts.ts';
import { operationsOf } from './operations.ts';

const contracts = contractsIn(builtDescriptors());
const operations = operationsOf(contracts);

/** Those that HTTP does not carry: tokens and founding, what streams to the node, and the check of the log. */
const ELSEWHERE = ['RegistryService/Found', 'RegistryService/IssueToken', 'HubService/PublishStream', 'AuditService/CheckLog', 'NodeService/ListDemands'];

describe('the operations of the JSON API', () => {
  it('are every RPC of every context, but for those that HTTP does not carry', () => {
    const rpcs = [...contracts].flatMap((described) => (described.kind === 'service' ? described.methods.map(({ name }) => `${described.name}/${name}`) : []));
    const exposed = operations.map(({ rpc }) => rpc.replace(/^\/corridor\.[a-z]+\.v1\./, ''));
    expect(exposed.toSorted()).toEqual(rpcs.filter((rpc) => !ELSEWHERE.includes(rpc)).toSorted());
    expect(exposed.length).toBeGreaterThan(40);
  });

  it('have a path each, of context and method', () => {
    expect(new Set(operations.map(({ path }) => path)).size).toBe(operations.length);
    expect(operations.map(({ path }) => path)).toEqual(expect.arrayContaining(['/api/v1/hub/list-updates', '/api/v1/registry/add-signing-key', '/api/v1/audit/get-checkpoint']));
  });

  it('read by GET and change by POST', () => {
    const by = (id: string) => operations.find((operation) => operation.id === id);
    expect(by('hub/list-updates')).toMatchObject({ verb: 'GET', answers: 'once' });
    expect(by('hub/subscribe')).toMatchObject({ verb: 'GET', answers: 'as a stream' });
    expect(by('hub/publish')).toMatchObject({ verb: 'POST', answers: 'once' });
    for (const { verb, id } of operations) expect(verb, id).toBe(/^\w+\/(get|list|subscribe)(-|$)/.test(id) ? 'GET' : 'POST');
  });
});
