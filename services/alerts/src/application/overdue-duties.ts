import { every } from '@corridor/documents';
import type { EarlyWarning } from './early-warning.ts';

/** So many alerts are looked at; where more have duties that are overdue their number tells no more. */
const MOST = 1000;

/** How many duties are overdue, and still open. */
export async function overdueDuties({ alerts }: Pick<EarlyWarning, 'alerts'>): Promise<number> {
  let [overdue, left] = [0, MOST];
  for await (const { doc } of every(alerts, 'overdue', { from: '' })) {
    if (doc.state !== 'erased') overdue += doc.duties.filter(({ state }) => state === 'overdue').length;
    left -= 1;
    if (left === 0) break;
  }
  return overdue;
}
