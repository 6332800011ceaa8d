import { newUuid, refuse } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { checkFlow, contributionSubject, decideFlow, evolveContribution, flowId, type Contribution, type ReportedFlow } from '../domain/contribution.ts';
import { enterBatch } from './batches.ts';
import { keptUntil } from '../domain/subject.ts';
import { isErased, type Followup, type StoredContribution } from './followup.ts';

const MAX_AT_ONCE = 500;

export interface RecordCommand {
  readonly by: ActorRef;
  readonly flows: readonly ReportedFlow[];
  /** Only checked: nothing is recorded. */
  readonly validateOnly: boolean;
}

/** What the reports were. */
export interface Recorded {
  readonly created: number;
  readonly updated: number;
  readonly repeated: number;
}

/**
 * Records flows: all or none. The same flow may be reported more than once, also in one call; it stays one flow.
 * @throws CorridorError ALREADY_EXISTS, and what is wrong with a flow, naming it by its index
 */
export async function recordContributions({ by, flows, validateOnly }: RecordCommand, followup: Followup): Promise<Recorded> {
  if (flows.length === 0 || flows.length > MAX_AT_ONCE) refuse('contributions', `takes 1-${MAX_AT_ONCE}`);
  flows.forEach((flow, i) => checkFlow(flow, followup.places, followup.policy.state, `contributions[${i}]`));
  const known = new Map((await followup.contributions.getAll([...new Set(flows.map(flowId))])).map(({ id, doc }) => [id, doc]));
  const becoming = new Map<string, Contribution>();
  flows.forEach((flow, i) => {
    const [id, field] = [flowId(flow), `contributions[${i}]`];
    const stored = known.get(id);
    if (stored !== undefined && isOver(stored, followup.clock.now())) refuse(field, 'is past its retention');
    const before = becoming.get(id) ?? (stored === undefined || isErased(stored) ? undefined : stored.state);
    becoming.set(id, evolveContribution(before, { at: followup.clock.now(), by, event: decideFlow(before, flow, field, field) }));
  });
  if (validateOnly) return { created: 0, updated: 0, repeated: 0 };
  const batch = { id: newUuid(followup.clock.now()), by: { agency: by.agency, actor: by.actor }, kind: 'contributions' as const, items: flows };
  const outcomes = await enterBatch(followup, batch);
  const count = (wanted: (typeof outcomes)[number]): number => outcomes.filter((outcome) => outcome === wanted).length;
  return { created: count('created'), updated: count('updated'), repeated: count('repeated') };
}

const isOver = (stored: StoredContribution, now: number): boolean => isErased(stored) || keptUntil(contributionSubject(stored.state)) <= now;
