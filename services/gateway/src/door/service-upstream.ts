import type { UpstreamTls } from './connection.ts';
import { requestOf } from './headers.ts';
import type { Replicas } from './replicas.ts';
import type { Upstream } from './upstream.ts';

/** Calls to the replicas of one service. */
export function upstreamOf(replicas: Replicas, tls: UpstreamTls): Upstream {
  const scheme = tls === false ? 'http' : 'https';
  return { begin: (headers, except) => replicas.begin(requestOf(headers, replicas.service, scheme), except) };
}
