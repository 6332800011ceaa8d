import type { AlertsServiceService } from '@corridor/contracts/alerts/v1/alerts';
import { CorridorError } from '@corridor/kernel';
import type { Caller, Methods, NodeAead } from '@corridor/runtime';
import type { EarlyWarning } from '../application/early-warning.ts';
import type { AlertLog } from '../application/news.ts';
import type { AlertTopicsDependencies } from '../application/set-alert-topics.ts';

/** What the methods work on; all of it is there once the service has started. */
export interface Served {
  readonly early: EarlyWarning;
  readonly log: AlertLog;
  readonly topics: AlertTopicsDependencies;
  readonly cursors: NodeAead;
  readonly pageTokens: NodeAead;
  /** Called when a rule was activated that evaluates what is there. */
  readonly history: () => void;
}

/** Some of the methods of the service. */
export type Some<Name extends keyof typeof AlertsServiceService> = Pick<Methods<typeof AlertsServiceService>, Name>;

/** @throws CorridorError PERMISSION_DENIED unless the caller is of the early-warning agency, whatever it asks about */
export function ownOnly({ agency }: EarlyWarning, caller: Caller): void {
  if (caller.agency !== agency) throw new CorridorError('PERMISSION_DENIED', 'only the early-warning agency does this');
}
