import { GRPC_CODE } from '@corridor/kernel';
import { record } from '@corridor/telemetry';
import type { EndedCall } from './door.ts';

const NAMES: ReadonlyMap<number, string> = new Map([[0, 'OK'], ...Object.entries(GRPC_CODE).map(([name, code]) => [code, name] as const)]);

/** Measures a call that the door passed on. */
export const measureCall = ({ service, code, ms, retried }: EndedCall): void =>
  record('corridor.door.duration', ms / 1000, {
    'corridor.part': service ?? 'nobody',
    'rpc.response.status_code': code === undefined ? 'CANCELLED' : (NAMES.get(code) ?? 'UNKNOWN'),
    'corridor.retried': retried ? 'yes' : 'no',
  });
