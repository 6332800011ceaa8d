import type { Community } from '../community.ts';
import type { NodeProcess } from '../node-process.ts';

/** What every case gets. */
export interface Bench {
  readonly node: NodeProcess;
  readonly community: Community;
  /** Counts are multiplied by it. */
  readonly scale: number;
}
