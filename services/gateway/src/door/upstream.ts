import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';

/** A call that was begun. */
export interface Begun {
  readonly stream: ClientHttp2Stream;
  /** Whom it was begun with. */
  readonly with: object;
  /** Whether the connection is still there: a call that broke off was then broken off by the service. */
  connected(): boolean;
}

/** Who answers calls. */
export interface Upstream {
  /**
   * Begins a call with the headers of a caller.
   * @param except not with that one
   * @throws CorridorError UNAVAILABLE, QUEUE_FULL
   */
  begin(headers: IncomingHttpHeaders, except?: object): Promise<Begun>;
}
