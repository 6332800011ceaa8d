/** How much the door takes at a time, and how long it waits. Times are in milliseconds. */
export interface DoorLimits {
  /** Connections of callers; further ones are closed. */
  readonly connections: number;
  /** Calls under way on one of them; HTTP/2 holds further ones back at the caller. */
  readonly callsPerConnection: number;
  /** Calls under way in all; further ones are refused. */
  readonly calls: number;
  /** Of them, those that need no token, so that nobody who has none takes the place of those who have. */
  readonly callsOfAnybody: number;
  /** Bytes of the headers of one call. */
  readonly headerBytes: number;
  /** For how long a connection without calls is kept. */
  readonly idleMs: number;
  /** For how long `stop` waits for calls under way. */
  readonly drainMs: number;
  /** Connections to one replica; each takes as many calls as the replica allows. */
  readonly connectionsPerReplica: number;
}

export const DEFAULT_LIMITS: DoorLimits = {
  connections: 4096,
  callsPerConnection: 256,
  calls: 16_384,
  callsOfAnybody: 2048,
  headerBytes: 16 * 1024,
  idleMs: 600_000,
  drainMs: 5000,
  connectionsPerReplica: 16,
};
