import type { ServerResponse } from 'node:http';

/** Aborts when the caller has gone before it was answered: nobody waits for what is under way any more. */
export function untilClosed(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (response.closed) gone.abort();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
