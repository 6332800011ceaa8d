import { fork } from 'node:child_process';
import { Client, credentials, Metadata } from '@grpc/grpc-js';

const pass = (bytes: Buffer): Buffer => bytes;

/** Messages/s of a bare grpc-js stream of `size` bytes to `subscribers` callers in total, server in its own process. */
export async function rawStream(size: number, subscribers: number, count: number): Promise<number> {
  const server = fork(new URL('raw-stream-server.ts', import.meta.url), [String(size), String(count)]);
  const port = await new Promise<number>((resolve) => server.once('message', (value) => resolve(Number(value))));
  const clients = Array.from({ length: subscribers }, () => new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 }));
  const start = performance.now();
  await Promise.all(
    clients.map(
      (client) =>
        new Promise<void>((resolve, reject) => {
          const stream = client.makeServerStreamRequest('/raw/Stream', pass, pass, Buffer.alloc(0), new Metadata());
          stream.on('data', () => undefined);
          stream.on('end', resolve);
          stream.on('error', reject);
        }),
    ),
  );
  const seconds = (performance.now() - start) / 1000;
  for (const client of clients) client.close();
  server.disconnect();
  return (subscribers * count) / seconds;
}
