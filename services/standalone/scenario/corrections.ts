import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import type { Update } from '@corridor/contracts/hub/v1/updates';
import { CorridorError } from '@corridor/kernel';
import { monthsOf, textOf, type Month } from './months.ts';
import { ARRIVALS, movement, movementId, request, yearOf } from './movements.ts';

/** Late counts: persons to add by nationality, by flow and month. */
const LATE: readonly { readonly flow: string; readonly month: Month; readonly more: Readonly<Record<string, number>> }[] = [
  { flow: 'central', month: { year: 2023, month: 5 }, more: { TUN: 62, SYR: 31, IRN: 2 } },
  { flow: 'eastern', month: { year: 2024, month: 2 }, more: { AFG: 48, ERI: 12 } },
];
/** A table that was counted twice by mistake and is taken back. */
const MISTAKE = { flow: 'atlantic', month: { year: 2024, month: 8 } } as const;

/** Corrections of the first two years, and one retraction. */
export function corrections(): PublishRequest {
  return request(ARRIVALS, [
    ...LATE.map(({ flow, month, more }): Update => {
      const first = reported(flow, month);
      if (first.content?.$case !== 'movement') throw new CorridorError('INTERNAL', 'what is corrected is no table');
      const persons = new Map(first.content.value.rows.map(({ key, count }) => [key, Number(count?.value ?? 0n)]));
      for (const [nationality, count] of Object.entries(more)) persons.set(nationality, (persons.get(nationality) ?? 0) + count);
      return movement(ARRIVALS, flowOf(flow), month, 1, persons);
    }),
    {
      ...reported(MISTAKE.flow, MISTAKE.month),
      replacesVersion: 1,
      content: { $case: 'retraction', value: { reason: 'the boats of 11 August were counted at two ports' } },
    },
  ]);
}

/** The first version of a report. */
function reported(flow: string, month: Month): Update {
  const id = movementId(ARRIVALS, flow, month);
  const first = yearOf(ARRIVALS, month.year).flatMap(({ updates }) => updates).find(({ updateId }) => updateId === id);
  if (first === undefined) throw new CorridorError('NOT_FOUND', `there is no report of ${flow} in ${textOf(month)} among ${monthsOf(month.year).length} months`);
  return first;
}

function flowOf(id: string): (typeof ARRIVALS)['flows'][number] {
  const flow = ARRIVALS.flows.find((candidate) => candidate.id === id);
  if (flow === undefined) throw new CorridorError('NOT_FOUND', `there is no flow ${id}`);
  return flow;
}
