import type { Tally } from '../tally.ts';

/** What a check found: `note` fits on its line, `details` is printed only when something failed. */
export interface Outcome extends Tally {
  readonly note: string;
  readonly details: string;
}

/** One thing that `npm test` looks at. `run` rejects only when the check itself is broken. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

/** An outcome that counts as one passed check. */
export const passed = (note: string): Outcome => ({ passed: 1, failed: 0, skipped: 0, note, details: '' });

/** An outcome that counts as one failed check. */
export const failed = (note: string, details: string): Outcome => ({ passed: 0, failed: 1, skipped: 0, note, details });

/** An outcome that counts as one skipped check: it could not look, and `note` says why. */
export const skipped = (note: string): Outcome => ({ passed: 0, failed: 0, skipped: 1, note, details: '' });
