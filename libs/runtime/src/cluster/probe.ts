import { connect } from 'node:http2';
import type { Listener } from '../rpc/listener.ts';

/** How long the answer may take, ms. */
const DEADLINE_MS = 4000;
/** `HealthCheckRequest` for the whole process, which names nothing, as gRPC frames it: a flag and the length before it. */
const WHOLE_PROCESS = Buffer.from([0, 0, 0, 0, 0]);
/** `HealthCheckResponse` with `SERVING`, framed. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01]);

/**
 * Whether the process with this listener on this machine serves, by grpc.health.v1; whoever does not answer in time does
 * not. By bare HTTP/2: it is asked every few seconds in every container, and loading grpc-js would take longer than the rest.
 */
export async function serves({ host, port, tls }: Listener): Promise<boolean> {
  // The certificate is made for the name that others call it by, and nothing is told to the process.
  const session = connect(`${tls === undefined ? 'http' : 'https'}://${ownHost(host)}:${port}`, { rejectUnauthorized: false });
  const answer = new Promise<Buffer>((resolve) => {
    const parts: Buffer[] = [];
    const stream = session.request({ ':method': 'POST', ':path': '/grpc.health.v1.Health/Check', 'content-type': 'application/grpc+proto', te: 'trailers' });
    stream.setTimeout(DEADLINE_MS, () => stream.close());
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('error', () => stream.close());
    stream.on('close', () => resolve(Buffer.concat(parts)));
    stream.end(WHOLE_PROCESS);
  });
  const broken = new Promise<Buffer>((resolve) => session.on('error', () => resolve(Buffer.alloc(0))));
  try {
    return (await Promise.race([answer, broken])).equals(SERVING);
  } finally {
    session.destroy();
  }
}

/** Who listens on all addresses of a kind is asked on the one of this machine. */
function ownHost(host: string): string {
  if (host === '::') return '[::1]';
  if (host === '0.0.0.0') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
