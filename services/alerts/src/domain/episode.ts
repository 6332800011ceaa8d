import { saying, type Alarm } from './alarm.ts';
import type { Alert } from './alert.ts';
import { hasRoom } from './thread.ts';

/** What the evaluation of one period does to the alerts of a rule and track. */
export type Step =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'raise' }
  | { readonly kind: 'follow'; readonly alert: Alert }
  | { readonly kind: 'take-back'; readonly alert: Alert };

/** The alerts of a rule's edition and track around a period. */
export interface Around {
  /** Those that tell of an alarm of the period, an open one first, then the newest. */
  readonly telling: readonly Alert[];
  /** Those that tell of an alarm in the period before or after it, likewise. */
  readonly beside: readonly Alert[];
}

/**
 * One thread for each episode: an alarm beside one that an open thread tells of goes on in that thread. What was told
 * already is told once. An alert that is no longer open changes no more; what then is new begins another thread.
 */
export function stepFor(alarm: Alarm | undefined, { telling, beside }: Around): Step {
  const [told] = telling;
  if (alarm === undefined) return told?.state === 'open' ? { kind: 'take-back', alert: told } : NOTHING;
  if (told !== undefined) {
    const before = told.episode?.alarms.find(({ number }) => number === alarm.number);
    if (before?.saying === saying(alarm)) return NOTHING;
    return told.state === 'open' && hasRoom(told) ? { kind: 'follow', alert: told } : { kind: 'raise' };
  }
  const open = beside.find((alert) => alert.state === 'open' && hasRoom(alert));
  return open === undefined ? { kind: 'raise' } : { kind: 'follow', alert: open };
}

const NOTHING: Step = { kind: 'nothing' };
