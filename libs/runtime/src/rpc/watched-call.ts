import { CorridorError, REASONS, type GrpcCodeName } from '@corridor/kernel';
import { asStream, begin, count, level, now, ofCaller, record, secondsSince, TRACEPARENT } from '@corridor/telemetry';
import type { ServerCall } from './server-call.ts';

/** Codes that tell of a fault of the node; with others the caller has to do something else. */
const OURS: ReadonlySet<GrpcCodeName> = new Set<GrpcCodeName>(['INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'DEADLINE_EXCEEDED']);

/** Serves a call under a span of its caller, and measures it. `serve` never rejects: what it did stands in the call. */
export async function watched(path: string, kind: 'unary' | 'stream', call: ServerCall, serve: () => Promise<void>): Promise<void> {
  const method = path.slice(1);
  const labels = { 'rpc.method': method };
  const [traceparent] = call.metadata.get(TRACEPARENT);
  const origin = ofCaller(typeof traceparent === 'string' ? traceparent : undefined);
  const span = begin('rpc.serve', labels, origin);
  const began = now();
  if (kind === 'stream') level('corridor.rpc.streams', 1, labels);
  try {
    await span.run(kind === 'stream' ? () => asStream(origin.root !== true, serve) : serve);
  } finally {
    const { told } = call;
    // One who left was told nothing: that is how most streams end.
    const status = told === undefined || told === 'OK' ? (told ?? 'CANCELLED') : REASONS[told].code;
    if (kind === 'stream') level('corridor.rpc.streams', -1, labels);
    else record('rpc.server.call.duration', secondsSince(began), { ...labels, 'rpc.response.status_code': status });
    if (told !== undefined && told !== 'OK') {
      count('corridor.rpc.refused', 1, { ...labels, 'corridor.reason': told });
      span.set({ 'corridor.reason': told });
    }
    span.set({ 'rpc.response.status_code': status });
    span.end(told !== undefined && told !== 'OK' && OURS.has(REASONS[told].code) ? new CorridorError(told, 'the call failed') : undefined);
  }
}
