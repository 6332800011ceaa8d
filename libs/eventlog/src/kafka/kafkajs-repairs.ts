import Connection from 'kafkajs/src/network/connection.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/*
 * What kafkajs 2.2.4 needs repaired; there are no releases of it any more. Import this before kafkajs is used.
 */

/**
 * A queue looks at itself again every millisecond, for as long as the connection lives, by a timer with a negative time of
 * which Node 24 warns. It need look again only while something waits or the broker throttles.
 */
RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests(this: RequestQueue): void {
  const throttledMs = this.throttledUntil - Date.now();
  if (this.throttleCheckTimeoutId !== null || (this.pending.length === 0 && throttledMs <= 0)) return;
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, Math.max(10, throttledMs));
};

/** Requests that find a connection closed each open a socket, of which only the last one is ever used or closed. */
const connect = Connection.prototype.connect;
const connecting = new WeakMap<Connection, Promise<boolean>>();
Connection.prototype.connect = function connectOnce(this: Connection): Promise<boolean> {
  const underWay = connecting.get(this);
  if (underWay !== undefined) return underWay;
  const begun = connect.call(this).finally(() => connecting.delete(this));
  connecting.set(this, begun);
  return begun;
};
