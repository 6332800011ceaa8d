import { get } from './call.ts';
import { list, object, oneOf, type Read, text, time } from './json.ts';

const STATE = { up: true, down: true } as const;
const status = object({ state: oneOf(STATE), time, parts: list(object({ name: text, state: oneOf(STATE), reason: text })) });

/** What runs, and how healthy it is. */
export type NodeStatus = Read<typeof status>;

export const nodeStatus = (signal: AbortSignal): Promise<NodeStatus> => get('status', {}, status, signal);
