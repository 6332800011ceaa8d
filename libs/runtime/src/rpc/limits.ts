/** How much the node takes of one caller at a time. */
export interface RpcLimits {
  /** Longest message received, in bytes. */
  readonly messageBytes: number;
  /** Calls under way on one connection; HTTP/2 holds further ones back at the client. */
  readonly callsPerConnection: number;
  /** Streams under way for all actors of one agency; further ones are refused. */
  readonly streamsPerAgency: number;
  /** For how long `stop` waits for calls under way, in milliseconds. */
  readonly drainMs: number;
}

export const DEFAULT_LIMITS: RpcLimits = {
  messageBytes: 4 * 1024 * 1024,
  callsPerConnection: 256,
  streamsPerAgency: 512,
  drainMs: 5000,
};
