import type { Quota } from '@corridor/kernel';
import type { Database, Loaded } from '@corridor/sqlite';

/** What every collection of a store works with. */
export interface Access {
  readonly database: Database;
  readonly operations: Loaded;
  readonly queue: Quota;
  readonly closed: AbortController;
}
