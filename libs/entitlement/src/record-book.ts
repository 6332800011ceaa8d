import type { Position } from '@corridor/eventlog';
import type { AgencyId } from '@corridor/kernel';
import type { ActorRef, Decision, PolicyRevision, Purpose, Recipient, UpdateClass } from '@corridor/policy';
import type { UpdateRef } from '@corridor/runtime';

export interface DecisionEntry {
  readonly recipient: Recipient;
  readonly purpose: Purpose;
  readonly class: UpdateClass;
  readonly revision: PolicyRevision;
  readonly decision: Decision;
}

export interface WindowEntry {
  readonly windowId: string;
  readonly recipient: AgencyId;
}

export interface WindowOpening extends WindowEntry {
  readonly subscriptionId: string;
  readonly actor: ActorRef;
  readonly purpose: Purpose;
  /** Per partition. */
  readonly from: readonly number[];
  /** Per partition, exclusive. */
  readonly bound: readonly number[];
  readonly revision: PolicyRevision;
}

export interface WindowClosing extends WindowEntry {
  /** Per partition, exclusive. */
  readonly to: readonly number[];
  readonly size: number;
  readonly root: Uint8Array;
}

export interface ReadEntry {
  readonly actor: ActorRef;
  readonly purpose: Purpose;
  readonly shown: readonly UpdateRef[];
  readonly refused?: { readonly update: UpdateRef; readonly reasons: readonly string[] };
  readonly revision: PolicyRevision;
}

/**
 * What is put on record of readers: what was decided for them, what went out to them, what they read. Each entry MUST be
 * durable when its promise resolves, so that nothing happens that is not on record.
 */
export interface RecordBook {
  decisions(entries: readonly DecisionEntry[]): Promise<void>;
  openWindow(entry: WindowOpening): Promise<void>;
  closeWindow(entry: WindowClosing): Promise<Position>;
  read(entry: ReadEntry): Promise<void>;
}
