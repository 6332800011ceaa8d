import { isBlocked, timelinessOf, type Recommendation } from './recommendation.ts';
import { IMPLEMENTATIONS, POSITIONS, TIMELINESSES, VERIFICATIONS, type Implementation, type Position, type Timeliness, type Verification } from './vocabulary.ts';

/** A place on the axes; what is undefined is not said. */
export interface Standing {
  readonly position?: Position;
  readonly implementation: Implementation;
  readonly verification?: Verification;
  readonly timeliness?: Timeliness;
}

export interface StandingCount extends Standing {
  readonly count: number;
}

/** How many stand where. Duplicates do not count. */
export class StatusTally {
  readonly #counts = new Map<string, { readonly standing: Standing; count: number }>();
  readonly #moment: number;
  recommendations = 0;
  blocked = 0;

  /** @param moment at which timeliness is asked, milliseconds since the epoch */
  constructor(moment: number) {
    this.#moment = moment;
  }

  add({ duplicateOf, dueAt, addressees }: Recommendation): void {
    if (duplicateOf !== undefined) return;
    this.recommendations += 1;
    if (addressees.some(isBlocked)) this.blocked += 1;
    for (const addressee of addressees) {
      const { position, implementation, verification } = addressee;
      const timeliness = timelinessOf(dueAt, addressee, this.#moment);
      const key = [position, implementation, verification, timeliness].join('/');
      const counted = this.#counts.get(key);
      if (counted !== undefined) counted.count += 1;
      else {
        const standing: Standing = {
          implementation,
          ...(position === undefined ? {} : { position }),
          ...(verification === undefined ? {} : { verification }),
          ...(timeliness === undefined ? {} : { timeliness }),
        };
        this.#counts.set(key, { standing, count: 1 });
      }
    }
  }

  /** One for each place with any, in the order of the axes. */
  counts(): readonly StandingCount[] {
    return [...this.#counts.values()]
      .map(({ standing, count }) => ({ ...standing, count }))
      .toSorted((a, b) => compare(orderOf(a), orderOf(b)));
  }
}

const orderOf = ({ position, implementation, verification, timeliness }: Standing): readonly number[] => [
  place(POSITIONS, position),
  place(IMPLEMENTATIONS, implementation),
  place(VERIFICATIONS, verification),
  place(TIMELINESSES, timeliness),
];

/** What is not said comes first. */
const place = <T>(values: readonly T[], value: T | undefined): number => (value === undefined ? -1 : values.indexOf(value));

function compare(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((value, i) => value - (b[i] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
