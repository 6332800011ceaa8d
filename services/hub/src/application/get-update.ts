import { CorridorError, type Clock } from '@corridor/kernel';
import { retentionEnd, type ActorRef, type Purpose } from '@corridor/policy';
import type { UpdateRef } from '@corridor/runtime';
import { allowedViews } from '../domain/allowed-views.ts';
import { EVERYTHING } from '../domain/filter.ts';
import type { VersionOfReport } from '../domain/folded-record.ts';
import type { HubGeography } from '../domain/geography.ts';
import { viewOf, type BatchView } from '../domain/view.ts';
import type { Entitlement, Entitlements } from './entitlement.ts';
import type { FoldedUpdates } from './folded-updates.ts';
import type { RecordBook } from './record-book.ts';

/** What a reader is shown of the archive. */
export interface ArchivedView {
  readonly view: BatchView;
  /** Milliseconds since the epoch. */
  readonly publishTime: number;
  /** Milliseconds since the epoch. */
  readonly expireTime: number;
}

export interface ReadDependencies {
  readonly updates: FoldedUpdates;
  readonly entitlements: Entitlements;
  readonly book: RecordBook;
  readonly geography: HubGeography;
  readonly clock: Clock;
}

/**
 * The current version of a report as the reader may see it. The read, or its refusal, is on record before the answer.
 * @throws NOT_FOUND when there is none for this reader: refused and unknown are the same, and the same work.
 */
export async function getUpdate(actor: ActorRef, purpose: Purpose, name: UpdateRef, deps: ReadDependencies): Promise<ArchivedView> {
  const { updates, entitlements, book } = deps;
  const found = await updates.current(name.owner, name.series, name.update);
  const entitlement = entitlements.of(actor, purpose);
  for (;;) {
    const answer = found === undefined || found === 'gone' ? { reasons: [] } : await look(found, entitlement, deps);
    const { revision } = entitlement;
    if ('shown' in answer) {
      await book.read({ actor, purpose, shown: [name], revision });
      if (!entitlement.stands()) continue;
      return answer.shown;
    }
    await book.read({ actor, purpose, shown: [], refused: { update: name, reasons: answer.reasons }, revision });
    throw new CorridorError('NOT_FOUND', 'there is no such update for you');
  }
}

async function look(
  { record, index }: VersionOfReport,
  entitlement: Entitlement,
  { geography, clock }: ReadDependencies,
): Promise<{ readonly shown: ArchivedView } | { readonly reasons: readonly string[] }> {
  const group = record.groups.filter((g) => g.indexes.includes(index));
  const decisions = await entitlement.decide(group);
  const only = { ...record, groups: group.map((g) => ({ ...g, indexes: [index] })) };
  const [allowed] = allowedViews(only, decisions, EVERYTHING, geography, clock.now());
  const view = allowed === undefined ? undefined : viewOf(record, allowed.indexes, allowed.obligations, geography, 'current');
  if (view === undefined) return { reasons: decisions.flatMap((d): readonly string[] => (d.outcome === 'deny' ? d.reasons : ['RETENTION_PASSED'])) };
  return { shown: { view, publishTime: record.time, expireTime: retentionEnd(record.time, view.handling.retentionDays) } };
}
