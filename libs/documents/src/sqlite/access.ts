import type { Database, Loaded, Quota } from '@corridor/sqlite';

/** What every collection of a store works with. */
export interface Access {
  readonly database: Database;
  readonly operations: Loaded;
  readonly queue: Quota;
  readonly closed: AbortController;
}
