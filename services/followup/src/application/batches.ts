import { CorridorError } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { decideFlow, flowId, type ContributionEvent, type ReportedFlow } from '../domain/contribution.ts';
import type { Adopted } from '../domain/recommendation.ts';
import { change } from './change.ts';
import { enter } from './enter.ts';
import { isErased, type Batch, type Followup } from './followup.ts';
import { contributionsOf, recommendationsOf } from './kinds.ts';

/** How many unfinished batches are looked for at a time. */
const AT_A_TIME = 10;

/** What a flow became. */
export type FlowOutcome = 'created' | 'updated' | 'repeated';

/**
 * Enters all that a batch holds. The batch is durable first, so that all of it is entered, whatever happens meanwhile:
 * what a crash left over is entered at the next start.
 * @throws CorridorError VALUE_TOO_LARGE, STORAGE_FULL before anything of it is there
 */
export async function enterBatch(followup: Followup, batch: Batch): Promise<readonly FlowOutcome[]> {
  await followup.batches.create(batch.id, batch);
  return finish(followup, batch);
}

/** Enters what unfinished batches hold. */
export async function finishBatches(followup: Followup, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const page = await followup.batches.page('unfinished', { from: '' }, undefined, AT_A_TIME);
    for (const { id, doc } of page.items) {
      // Its owner has erased all that it held.
      if (isErased(doc)) await forget(followup, id);
      else await finish(followup, doc);
    }
    if (page.next === undefined) return;
  }
}

async function finish(followup: Followup, batch: Batch): Promise<readonly FlowOutcome[]> {
  const outcomes: FlowOutcome[] = [];
  switch (batch.kind) {
    case 'recommendations':
      for (const adopted of batch.items) await adopt(followup, adopted, batch.by);
      break;
    case 'contributions':
      for (const [i, flow] of batch.items.entries()) outcomes.push(await record(followup, flow, `${batch.id}/${i}`, batch.by));
      break;
  }
  await forget(followup, batch.id);
  return outcomes;
}

const forget = ({ batches }: Followup, id: string): Promise<void> => batches.putAll([{ kind: 'delete', id }]);

/** One that is there was entered before, by this batch or by one that was faster with the same id. */
const adopt = (followup: Followup, adopted: Adopted, by: ActorRef): Promise<unknown> =>
  enter(followup, recommendationsOf(followup), adopted.id, by, { kind: 'adopted', adopted });

/** A report that was entered before, of a batch that is finished again, counts once. */
async function record(followup: Followup, flow: ReportedFlow, report: string, by: ActorRef): Promise<FlowOutcome> {
  const kind = contributionsOf(followup);
  const id = flowId(flow);
  if ((await enter(followup, kind, id, by, { kind: 'recorded', flow, report })) !== undefined) return 'created';
  let outcome: FlowOutcome = 'repeated';
  try {
    await change(followup, kind, id, by, (known, history) => {
      const entered = history.findIndex((one) => one.event.report === report);
      if (entered >= 0) {
        // Another replica finished this batch at the same time.
        outcome = entered === 0 ? 'created' : outcomeOf(history[entered]?.event);
        return undefined;
      }
      const event = decideFlow(known, flow, report, 'contributions');
      outcome = outcomeOf(event);
      return event;
    });
  } catch (error) {
    // Another agency was faster with this flow after it was checked: it is the other's.
    if (!(error instanceof CorridorError) || error.reason !== 'ALREADY_EXISTS') throw error;
  }
  return outcome;
}

const outcomeOf = (event: Pick<ContributionEvent, 'kind'> | undefined): FlowOutcome => (event?.kind === 'recorded' ? 'updated' : 'repeated');
