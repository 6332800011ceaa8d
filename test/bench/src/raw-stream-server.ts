import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';

/** A bare grpc-js server: streams `count` copies of `size` bytes to each caller, as fast as flow control lets it. */
const [size, count] = process.argv.slice(2).map(Number);
const message = Buffer.alloc(size ?? 0, 7);
const pass = (bytes: Buffer): Buffer => bytes;
const server = new Server();
server.addService(
  { stream: { path: '/raw/Stream', requestStream: false, responseStream: true, requestSerialize: pass, requestDeserialize: pass, responseSerialize: pass, responseDeserialize: pass } },
  {
    stream: (call: ServerWritableStream<Buffer, Buffer>) => {
      let sent = 0;
      const send = (): void => {
        while (sent < (count ?? 0)) {
          sent += 1;
          if (!call.write(message)) {
            call.once('drain', send);
            return;
          }
        }
        call.end();
      };
      send();
    },
  },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send?.(port);
});
process.on('disconnect', () => process.exit(0));
