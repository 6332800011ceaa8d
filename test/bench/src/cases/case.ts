import type { Community } from '../community.ts';
import type { NodeProcess } from '../node-process.ts';
import type { RawLog } from '../raw-log.ts';

/** What every case gets. */
export interface Bench {
  readonly node: NodeProcess;
  readonly community: Community;
  /** The engine under the node's log, without the node. */
  readonly raw: RawLog;
  /** Counts are multiplied by it. */
  readonly scale: number;
}
