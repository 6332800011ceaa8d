import { type ServerDuplexStream, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, type ServerWritableStream, type ServiceDefinition } from '@grpc/grpc-js';
import { addInfrastructure, type Health } from '@corridor/runtime';

const asItIs = (bytes: Buffer): Buffer => bytes;
const bytes = { requestSerialize: asItIs, requestDeserialize: asItIs, responseSerialize: asItIs, responseDeserialize: asItIs };

/** RPCs of the hub by their paths, whose messages are bytes. */
export const BYTES = {
  one: { path: '/corridor.hub.v1.HubService/GetUpdate', requestStream: false, responseStream: false, ...bytes },
  many: { path: '/corridor.hub.v1.HubService/Subscribe', requestStream: false, responseStream: true, ...bytes },
  both: { path: '/corridor.hub.v1.HubService/PublishStream', requestStream: true, responseStream: true, ...bytes },
} satisfies ServiceDefinition;

export interface Handlers {
  readonly one?: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => void;
  readonly many?: (call: ServerWritableStream<Buffer, Buffer>) => void;
  readonly both?: (call: ServerDuplexStream<Buffer, Buffer>) => void;
}

/** A replica of the hub that answers bytes. */
export interface BytesService {
  readonly port: number;
  readonly health: Health;
  /** Lets calls under way end. */
  shutDown(): Promise<void>;
  /** Breaks off every connection. */
  kill(): void;
}

/** Serves bytes; what no handler is given for echoes. */
export async function serveBytes(handlers: Handlers = {}, { address = '127.0.0.1:0', credentials = ServerCredentials.createInsecure(), callsPerConnection = 256 } = {}): Promise<BytesService> {
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_concurrent_streams': callsPerConnection });
  const health = addInfrastructure(server);
  health.set('', true);
  server.addService(BYTES, {
    one: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => answer(null, call.request),
    many: (call: ServerWritableStream<Buffer, Buffer>) => {
      call.write(call.request);
      call.end();
    },
    both: (call: ServerDuplexStream<Buffer, Buffer>) => {
      call.on('data', (message: Buffer) => call.write(message));
      call.on('end', () => call.end());
    },
    ...handlers,
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return {
    port,
    health,
    shutDown: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
    kill: () => server.forceShutdown(),
  };
}
