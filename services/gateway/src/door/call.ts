import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { CorridorError } from '@corridor/kernel';
import { framed, Messages } from './messages.ts';

/** Longest message that the door itself reads. */
const MOST_BYTES = 1024 * 1024;

/** How a call of the door ended. */
export interface CallEnd {
  /** google.rpc.Code; undefined when the call broke off without one. */
  readonly code: number | undefined;
}

/** The headers of a call of the door, in the name of nobody. */
export const headersFor = (path: string): OutgoingHttpHeaders => ({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc+proto', te: 'trailers' });

/** Sends one message over a call that was begun. `received` gets each message of the answer. */
export function converse(stream: ClientHttp2Stream, request: Uint8Array, signal: AbortSignal, received: (message: Buffer) => void): Promise<CallEnd> {
  const messages = new Messages(MOST_BYTES);
  const onAbort = (): void => stream.close(CANCEL);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  stream.end(framed(request));
  return new Promise<CallEnd>((resolve, reject) => {
    let code: number | undefined;
    const ended = (headers: IncomingHttpHeaders): void => {
      code ??= codeIn(headers);
    };
    stream.on('response', ended);
    stream.on('trailers', ended);
    stream.on('data', (bytes: Buffer) => {
      try {
        for (const message of messages.take(bytes)) received(message);
      } catch (error) {
        reject(CorridorError.from(error));
        stream.close(CANCEL);
      }
    });
    stream.on('error', () => undefined);
    stream.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      resolve({ code });
    });
  });
}

const CANCEL = constants.NGHTTP2_CANCEL;

function codeIn(headers: IncomingHttpHeaders): number | undefined {
  const status = headers['grpc-status'];
  return typeof status === 'string' && /^\d+$/.test(status) ? Number(status) : undefined;
}
