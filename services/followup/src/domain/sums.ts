import { CorridorError } from '@corridor/kernel';
import type { Contribution } from './contribution.ts';
import { STAGES, UNITS, type Stage, type Unit } from './vocabulary.ts';

/** What flows come to at one place, stage and unit. */
export interface ContributionSum {
  readonly area: string;
  readonly stage: Stage;
  readonly unit: Unit;
  readonly amount: bigint;
  readonly flows: number;
}

/** Sums of flows: each counts once, at its stage, and what comes out of a pooled fund counts where it went in. */
export class ContributionTally {
  readonly #sums = new Map<string, ContributionSum>();
  pooled = 0;

  add({ area, stage, unit, amount, pooledFund }: Contribution): void {
    if (pooledFund !== '') {
      this.pooled += 1;
      return;
    }
    const key = `${area}/${stage}/${unit}`;
    const sum = this.#sums.get(key);
    const total = (sum?.amount ?? 0n) + BigInt(amount);
    if (total > MOST) throw new CorridorError('INVALID_ARGUMENT', 'the sum is larger than 2^64-1; ask for fewer flows');
    this.#sums.set(key, { area, stage, unit, amount: total, flows: (sum?.flows ?? 0) + 1 });
  }

  /** By area, stage and unit. */
  sums(): readonly ContributionSum[] {
    return [...this.#sums.values()].toSorted(
      (a, b) => (a.area < b.area ? -1 : a.area > b.area ? 1 : 0) || STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) || UNITS.indexOf(a.unit) - UNITS.indexOf(b.unit),
    );
  }
}

/** The largest number of the contract. */
const MOST = 2n ** 64n - 1n;
