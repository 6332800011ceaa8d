import { Client, credentials, Metadata, type ServiceDefinition, type ServiceError } from '@grpc/grpc-js';
import { GRPC_CODE, type Reason } from '@corridor/kernel';
import { decodeStatus, errorOf, STATUS_TRAILER } from '../rpc/status.ts';

/** How a call ended: well (for a stream: with its first message, or its end), or with a reason. */
export type AccessOutcome = 'OK' | Reason;

/** What an RPC is called with, and what each caller gets for it. */
export interface AccessRow<Req, Caller extends string> {
  /** Made anew for each call, so that one caller's success does not spoil the next one's. */
  readonly request: (caller: Caller) => Req | Promise<Req>;
  readonly outcomes: Readonly<Record<Caller, AccessOutcome>>;
}

type RequestOf<M> = M extends { readonly requestSerialize: (request: infer Req) => Buffer } ? Req : never;

/** A row for each RPC of a service: a new RPC compiles only when somebody has said who may call it. */
export type AccessTable<D, Caller extends string> = { readonly [K in keyof D]: AccessRow<RequestOf<D[K]>, Caller> };

/** One call of the table. */
export interface AccessCase<Caller extends string> {
  readonly rpc: string;
  readonly caller: Caller;
  readonly expected: AccessOutcome;
  /** Calls over gRPC, in clear. @param token undefined: none is sent */
  call(address: string, token: string | undefined): Promise<AccessOutcome>;
}

const DEADLINE_MS = 15_000;

/**
 * Every RPC of a service with every caller, in the order of the contract. The callers of one RPC follow each other in
 * the order given.
 * @throws Error when the table and the service do not have the same RPCs, or a row leaves out a caller
 */
export function accessCases<D extends ServiceDefinition, Caller extends string>(
  definition: D,
  callers: readonly Caller[],
  table: AccessTable<D, Caller>,
): readonly AccessCase<Caller>[] {
  const rows = new Map<string, AccessRow<unknown, Caller>>(Object.entries(table));
  const unknown = [...rows.keys()].filter((rpc) => !Object.hasOwn(definition, rpc));
  if (unknown.length > 0) throw new Error(`the service has no ${unknown.join(', ')}`);
  return Object.entries(definition).flatMap(([rpc, wire]) => {
    const row = rows.get(rpc);
    if (row === undefined) throw new Error(`nobody has said who may call ${rpc}`);
    return callers.map((caller): AccessCase<Caller> => {
      const expected: AccessOutcome | undefined = row.outcomes[caller];
      if (expected === undefined) throw new Error(`nobody has said what ${caller} gets from ${rpc}`);
      const call = async (address: string, token: string | undefined): Promise<AccessOutcome> =>
        callOnce(address, wire, await row.request(caller), token);
      return { rpc, caller, expected, call };
    });
  });
}

/** Sends one request and ends the sending side. */
async function callOnce(address: string, wire: ServiceDefinition[string], request: unknown, token: string | undefined): Promise<AccessOutcome> {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  try {
    return await new Promise<AccessOutcome>((resolve, reject) => {
      // On the wire every call is a stream each way; grpc-js sends and receives the same bytes for all kinds.
      const call = client.makeBidiStreamRequest(wire.path, wire.requestSerialize, wire.responseDeserialize, metadata, {
        deadline: Date.now() + DEADLINE_MS,
      });
      call.on('data', () => {
        resolve('OK');
        if (wire.responseStream) call.cancel();
      });
      call.on('end', () => resolve('OK'));
      call.on('error', (error: ServiceError) => {
        const outcome = reasonOf(error);
        if (outcome === undefined) reject(error);
        else resolve(outcome);
      });
      call.write(request);
      call.end();
    });
  } finally {
    client.close();
  }
}

/** The reason an error carries; undefined when it carries none of ours. */
function reasonOf(error: ServiceError): Reason | undefined {
  const [bytes] = error.metadata.get(STATUS_TRAILER);
  const status = Buffer.isBuffer(bytes) ? decodeStatus(bytes) : undefined;
  const ours = status === undefined ? undefined : errorOf(status);
  return ours !== undefined && GRPC_CODE[ours.code] === error.code ? ours.reason : undefined;
}
