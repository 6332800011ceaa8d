import type { Position } from '@corridor/eventlog';
import type { ActorRef, Decision, PolicyRevision, Purpose, Recipient, UpdateClass } from '@corridor/policy';
import type { AgencyId, SeriesId } from '@corridor/kernel';
import type { UpdateRef } from '@corridor/runtime';
import type { UpdateFilter } from '../domain/filter.ts';

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

export interface PreviewEntry {
  readonly actor: ActorRef;
  readonly owner: AgencyId;
  readonly series: SeriesId;
  readonly revision: PolicyRevision;
}

export interface AcknowledgeEntry {
  readonly recipient: AgencyId;
  readonly purpose: Purpose;
  readonly filter: UpdateFilter;
  /** Per partition, exclusive. */
  readonly before: readonly number[];
}

/** corridor.record.v1 as the hub writes it. Each entry MUST be durable when its promise resolves. */
export interface RecordBook {
  decisions(entries: readonly DecisionEntry[]): Promise<void>;
  openWindow(entry: WindowOpening): Promise<void>;
  closeWindow(entry: WindowClosing): Promise<Position>;
  read(entry: ReadEntry): Promise<void>;
  preview(entry: PreviewEntry): Promise<void>;
  acknowledge(entry: AcknowledgeEntry): Promise<void>;
}
