import type { Patience, Spell } from './patience.ts';

/** Partitions that failed: each is left alone for a while of its own, longer each time, so that it holds up no other. */
export class Ailing {
  readonly #patience: Patience;
  readonly #signal: AbortSignal;
  readonly #rested: () => void;
  readonly #spells = new Map<number, Spell>();
  readonly #resting = new Set<number>();

  /** @param rested called when one may be tried again */
  constructor(patience: Patience, signal: AbortSignal, rested: () => void) {
    this.#patience = patience;
    this.#signal = signal;
    this.#rested = rested;
  }

  isResting(partition: number): boolean {
    return this.#resting.has(partition);
  }

  failed(partition: number, error: unknown): void {
    const spell = this.#spells.get(partition) ?? this.#patience.spell();
    this.#spells.set(partition, spell);
    this.#resting.add(partition);
    void spell.failed(error, this.#signal).then(() => {
      this.#resting.delete(partition);
      this.#rested();
    });
  }

  worked(partition: number): void {
    this.#spells.get(partition)?.worked();
    this.#spells.delete(partition);
  }

  /** Whoever tried has ended. */
  ended(): void {
    for (const spell of this.#spells.values()) spell.ended();
  }
}
