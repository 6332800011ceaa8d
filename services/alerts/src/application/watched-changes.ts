import { count, currentTraceparent } from '@corridor/telemetry';
import type { Alert, AlertChange } from '../domain/alert.ts';

/** A change that is stored is counted. */
export const changed = ({ cause }: Pick<AlertChange, 'cause'>): void => count('corridor.alerts.changes', 1, { 'corridor.alert.cause': cause });

/** An alert as it begins, with the trace that it begins in. */
export function traceable(alert: Alert): Alert {
  const traceparent = currentTraceparent();
  return traceparent === undefined ? alert : { ...alert, traceparent };
}
