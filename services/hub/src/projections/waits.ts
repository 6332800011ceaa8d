import type { CorridorError } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';

/** Tells when a projection has to wait for the log or the store, once until it goes on. */
export class Waits {
  readonly #name: string;
  readonly #report: Report;
  #waiting = false;

  constructor(name: string, report: Report) {
    this.#name = name;
    this.#report = report;
  }

  readonly onWait = ({ reason }: CorridorError): void => {
    if (!this.#waiting) this.#report('warn', 'hub.projection-waits', { name: this.#name, reason });
    this.#waiting = true;
  };

  over(): void {
    this.#waiting = false;
  }
}
