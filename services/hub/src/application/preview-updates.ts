import type { AgencyId, Clock } from '@corridor/kernel';
import { counterparties, decide, type PolicyRevision, type Purpose } from '@corridor/policy';
import type { PolicyView } from '@corridor/runtime';
import { allowedViews } from '../domain/allowed-views.ts';
import { EVERYTHING } from '../domain/filter.ts';
import type { HubGeography } from '../domain/geography.ts';
import { viewOf, type BatchView } from '../domain/view.ts';
import type { FoldedUpdates } from './folded-updates.ts';
import { accept, type PublishCommand } from './publish-updates.ts';
import type { HubRecordBook } from './record-book.ts';

/** What one counterparty would receive for one purpose; several where parts of a batch are seen in different views. */
export interface Preview {
  readonly recipient: AgencyId;
  readonly purpose: Purpose;
  readonly reasons: readonly string[];
  readonly view?: BatchView;
}

export interface PreviewDependencies {
  readonly policy: PolicyView;
  readonly updates: FoldedUpdates;
  readonly book: HubRecordBook;
  readonly geography: HubGeography;
  readonly clock: Clock;
}

/**
 * Who would receive what, and how it would look, if the command were published now: the functions and the state are
 * those of the delivery. RED goes to named actors; each of them stands for its agency. Names only counterparties.
 */
export async function previewUpdates(
  command: PublishCommand,
  deps: PreviewDependencies,
): Promise<{ readonly previews: readonly Preview[]; readonly revision: PolicyRevision }> {
  const { policy, updates, book, geography, clock } = deps;
  const batch = await accept(command, deps);
  const record = await updates.hypothetical(batch);
  const { state, revision } = await policy.current();
  const now = clock.now();
  const previews: Preview[] = [];
  for (const agency of counterparties(batch.owner, state, now)) {
    const named = batch.handling.namedActors.filter((n) => n.agency === agency);
    const recipients = named.length > 0 ? named : [{ agency }];
    // Other calls get their turn between two counterparties.
    await new Promise((resolve) => setImmediate(resolve));
    for (const purpose of batch.handling.purposes) {
      for (const recipient of recipients) {
        const decisions = record.groups.map((group) => decide({ class: group.class, recipient, purpose }, state, now, geography.contains));
        const reasons = [...new Set(decisions.flatMap((d) => d.reasons))];
        const views = allowedViews(record, decisions, EVERYTHING, geography, now).flatMap(
          ({ indexes, obligations }) => viewOf(record, indexes, obligations, geography) ?? [],
        );
        if (views.length === 0) previews.push({ recipient: agency, purpose, reasons });
        for (const view of views) previews.push({ recipient: agency, purpose, reasons, view });
      }
    }
  }
  await book.preview({ actor: command.actor, owner: batch.owner, series: batch.series, revision });
  return { previews, revision };
}
