import { CorridorError } from '@corridor/kernel';
import { proveConsistency as pathBetween, type NodeSource } from '@corridor/merkle';
import type { Caller } from '@corridor/runtime';
import type { PublishedCheckpoint } from './published.ts';

export interface ConsistencyPorts {
  /** Leaves that stand in batches. */
  size(): number;
  newestPublished(): Promise<PublishedCheckpoint | undefined>;
  publishedAt(size: number): Promise<PublishedCheckpoint | undefined>;
  nodes(size: number, signal: AbortSignal): Promise<NodeSource>;
}

export interface Consistency {
  readonly path: readonly Uint8Array[];
  /** The checkpoint of the later tree; undefined when none was published at its size. */
  readonly checkpoint: PublishedCheckpoint | undefined;
}

/**
 * Proves that the tree of `second` leaves extends that of `first`; `second` 0 is the newest published. Every tree extends
 * the empty one, so from `first` 0 the proof has no hashes.
 * @throws CorridorError INVALID_ARGUMENT when `first` is beyond `second`, or `second` beyond what the caller may know:
 * what is published, for operators what is stored
 */
export async function proveConsistency(
  ports: ConsistencyPorts,
  caller: Caller,
  { first, second }: { readonly first: number; readonly second: number },
  signal: AbortSignal,
): Promise<Consistency> {
  const newest = (await ports.newestPublished())?.size ?? 0;
  const known = caller.roles.has('operator') ? Math.max(newest, ports.size()) : newest;
  const later = second === 0 ? newest : second;
  if (later > known) throw beyond('second_size', `the newest tree you can ask for has ${known} leaves`);
  if (first > later) throw beyond('first_size', `a tree of ${later} leaves does not extend one of ${first}`);
  const path = first === 0 ? [] : await pathBetween(await ports.nodes(later, signal), first, later);
  return { path, checkpoint: await ports.publishedAt(later) };
}

const beyond = (field: string, message: string): CorridorError => new CorridorError('INVALID_ARGUMENT', message, { field });
