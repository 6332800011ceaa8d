import type { DescMessage, DescMethod, FileRegistry } from '@bufbuild/protobuf';

/** Below it everything lies that programs call. */
export const API = '/api/v1';

/** One RPC as it is called over HTTP. */
export interface Operation {
  /** `hub/list-updates`: its name within the API. */
  readonly id: string;
  /** `/api/v1/hub/list-updates` */
  readonly path: string;
  /** GET with query parameters reads; POST with a body in JSON changes something. */
  readonly verb: 'GET' | 'POST';
  /** One answer, or Server-Sent Events as long as the caller listens. */
  readonly answers: 'once' | 'as a stream';
  /** `/corridor.hub.v1.HubService/ListUpdates`: its path over gRPC. */
  readonly rpc: string;
  readonly input: DescMessage;
  readonly output: DescMessage;
  readonly method: DescMethod;
}

/**
 * RPCs that are not called over HTTP: a token is given by a session only, the founding act is done beside the node, a
 * check of the whole log would be begun anew by every browser that lost its connection, and what may be called is
 * told by the session.
 */
const NOT_EXPOSED: ReadonlySet<string> = new Set([
  '/corridor.registry.v1.RegistryService/Found',
  '/corridor.registry.v1.RegistryService/IssueToken',
  '/corridor.audit.v1.AuditService/CheckLog',
  '/corridor.node.v1.NodeService/ListDemands',
]);

const CONTEXT = /^corridor\.([a-z]+)\.v1\./;

/** Every RPC of every service `corridor.{context}.v1` that HTTP can carry, in the order of the contracts. */
export function operationsOf(contracts: FileRegistry): readonly Operation[] {
  const operations: Operation[] = [];
  for (const described of contracts) {
    if (described.kind !== 'service') continue;
    const context = CONTEXT.exec(described.typeName)?.[1];
    if (context !== undefined) operations.push(...described.methods.flatMap((method) => operationOf(context, method)));
  }
  return operations.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function operationOf(context: string, method: DescMethod): readonly Operation[] {
  const rpc = `/${method.parent.typeName}/${method.name}`;
  if (NOT_EXPOSED.has(rpc) || (method.methodKind !== 'unary' && method.methodKind !== 'server_streaming')) return [];
  const streams = method.methodKind === 'server_streaming';
  const id = `${context}/${kebab(method.name)}`;
  return [
    {
      id,
      path: `${API}/${id}`,
      verb: streams || /^(Get|List)[A-Z]/.test(method.name) ? 'GET' : 'POST',
      answers: streams ? 'as a stream' : 'once',
      rpc,
      input: method.input,
      output: method.output,
      method,
    },
  ];
}

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
