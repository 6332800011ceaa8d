import { checkText, refuse } from '@corridor/kernel';

/** The duty to acknowledge that an alert imposes on focal points. */
export interface AcknowledgementTerms {
  /** Theme of the focal points, as the registry has it. */
  readonly theme: string;
  readonly deadlineSeconds: number;
  /** After the escalation to the deputies. */
  readonly escalationSeconds: number;
}

const LONGEST_SECONDS = 2_592_000;
const MAX_THEME = 100;

/** @throws CorridorError INVALID_ARGUMENT */
export function checkAcknowledgement({ theme, deadlineSeconds, escalationSeconds }: AcknowledgementTerms, field: string): void {
  checkText(theme, MAX_THEME, `${field}.theme`);
  for (const [name, seconds] of Object.entries({ deadline_seconds: deadlineSeconds, escalation_seconds: escalationSeconds })) {
    if (seconds < 1 || seconds > LONGEST_SECONDS) refuse(`${field}.${name}`, `must be 1-${LONGEST_SECONDS}`);
  }
}
