import { CorridorError } from '@corridor/kernel';

const MOST = 100;

/** What a check found; of more than 100 findings the first 100. */
export class Findings {
  readonly #texts: string[] = [];

  get texts(): readonly string[] {
    return this.#texts;
  }

  add(finding: string): void {
    if (this.#texts.length < MOST) this.#texts.push(finding);
  }

  /** What `read` resolves to; undefined, and a finding, when it is damaged. Rejects with what else `read` rejects with. */
  async readable<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      const known = CorridorError.from(error);
      if (known.code !== 'DATA_LOSS') throw known;
      this.add(`${what}: ${known.message}`);
      return undefined;
    }
  }
}
