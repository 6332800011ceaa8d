import { once } from 'node:events';
import { createServer } from 'node:http';
import { pointsIn, spansIn, type MeasuredPoint } from './otlp.ts';
import type { TracedSpan } from './traced-span.ts';

/** Receives OTLP over HTTP, and keeps everything. */
export interface OtlpReceiver {
  readonly url: string;
  /** Every body as it came, by the path it came to. */
  readonly bodies: readonly { readonly path: string; readonly bytes: Buffer }[];
  readonly spans: readonly TracedSpan[];
  readonly points: readonly MeasuredPoint[];
  close(): Promise<void>;
}

export async function openReceiver(): Promise<OtlpReceiver> {
  const bodies: { path: string; bytes: Buffer }[] = [];
  const spans: TracedSpan[] = [];
  const points: MeasuredPoint[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const [path, bytes] = [request.url ?? '', Buffer.concat(parts)];
      bodies.push({ path, bytes });
      if (path === '/v1/traces') spans.push(...spansIn(bytes));
      if (path === '/v1/metrics') points.push(...pointsIn(bytes));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    bodies,
    spans,
    points,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
