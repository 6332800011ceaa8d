import type { Observe } from './connection.ts';

/** What one reader finds of the partitions that it follows. */
export interface Finding {
  /** These have no leader now, and no others. */
  found(partitions: readonly number[]): void;
  /** It reads no more. */
  ended(): void;
}

/** Which partitions have no leader, as those who read them find: told when that changes. Their records wait; those of the others do not. */
export class Leaderless {
  readonly #observe: Observe;
  readonly #byTopic = new Map<string, Map<Finding, readonly number[]>>();

  constructor(observe: Observe) {
    this.#observe = observe;
  }

  reader(topic: string): Finding {
    const finding: Finding = {
      found: (partitions) => this.#note(topic, finding, partitions),
      ended: () => this.#note(topic, finding, []),
    };
    return finding;
  }

  #note(topic: string, finding: Finding, partitions: readonly number[]): void {
    const findings = this.#byTopic.get(topic) ?? new Map<Finding, readonly number[]>();
    const before = together(findings);
    if (partitions.length === 0) findings.delete(finding);
    else findings.set(finding, partitions);
    if (findings.size === 0) this.#byTopic.delete(topic);
    else this.#byTopic.set(topic, findings);
    const after = together(findings);
    if (after.join() !== before.join()) this.#observe({ kind: 'leaderless', topic, partitions: after });
  }
}

const together = (findings: ReadonlyMap<Finding, readonly number[]>): readonly number[] => [...new Set([...findings.values()].flat())].toSorted((a, b) => a - b);
