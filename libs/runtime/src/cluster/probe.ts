import { Client, credentials } from '@grpc/grpc-js';
import { addressOf, type Listener } from '../rpc/listener.ts';

/** How long the answer may take, ms. */
const DEADLINE_MS = 4000;
/** `HealthCheckRequest` for the whole process, which names nothing, and `HealthCheckResponse` with `SERVING`. */
const WHOLE_PROCESS = Buffer.alloc(0);
const SERVING = Buffer.from([0x08, 0x01]);

/** Whether the process with this listener on this machine serves, by grpc.health.v1; whoever does not answer in time does not. */
export async function serves(listener: Listener): Promise<boolean> {
  const client = new Client(addressOf({ ...listener, host: ownHost(listener.host) }), channelTo(listener));
  try {
    return await new Promise<boolean>((resolve) => {
      client.makeUnaryRequest(
        '/grpc.health.v1.Health/Check',
        (bytes: Buffer) => bytes,
        (bytes) => bytes,
        WHOLE_PROCESS,
        { deadline: Date.now() + DEADLINE_MS },
        (error, answer) => resolve(error === null && answer?.equals(SERVING) === true),
      );
    });
  } finally {
    client.close();
  }
}

/** Who listens on all addresses of a kind is asked on the one of this machine. */
const ownHost = (host: string): string => (host === '::' ? '::1' : host === '0.0.0.0' ? '127.0.0.1' : host);

/** Nothing is told to the process, and its certificate is made for the name that others call it by. */
const channelTo = ({ tls }: Listener) =>
  tls === undefined ? credentials.createInsecure() : credentials.createSsl(null, null, null, { rejectUnauthorized: false });
