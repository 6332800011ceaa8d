import type { Corridor } from '@corridor/client';
import { systemClock } from '@corridor/kernel';
import { openCheckpoint, parseVerifierKey, verifyConsistency, type Checkpoint } from '@corridor/merkle';
import { persistently } from './persistently.ts';

/** How often the newest checkpoint is asked for, ms. */
const EVERY_MS = 100;

/** Every published checkpoint that somebody saw while the node ran. */
export class SeenCheckpoints {
  readonly #auditor: Corridor;
  readonly #seen: { readonly note: string; readonly verifier: string }[] = [];

  constructor(auditor: Corridor) {
    this.#auditor = auditor;
  }

  /** How many different ones. */
  get count(): number {
    return this.#seen.length;
  }

  /** Looks until it is told to stop. */
  async watch(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.look(stop).catch((error: unknown) => {
        if (!stop.aborted) throw error;
      });
      await systemClock.wait(EVERY_MS, stop).catch(() => undefined);
    }
  }

  /** The newest one, seen now. */
  async look(signal?: AbortSignal): Promise<Checkpoint> {
    const { note, verifier } = await persistently(() => this.#auditor.audit.getCheckpoint({ newest: false }), signal);
    if (note !== this.#seen.at(-1)?.note) this.#seen.push({ note, verifier });
    return opened(note, verifier);
  }

  /** What is wrong with them: another key, a bad signature, or one that the newest does not extend; empty when nothing is. */
  async faults(): Promise<readonly string[]> {
    const verifiers = new Set(this.#seen.map(({ verifier }) => verifier));
    if (verifiers.size > 1) return [`the log was signed by ${verifiers.size} keys`];
    const checkpoints = this.#seen.map(({ note, verifier }) => opened(note, verifier));
    const newest = checkpoints.at(-1);
    if (newest === undefined) return ['no checkpoint was seen'];
    const faults: string[] = [];
    for (const [i, earlier] of checkpoints.entries()) {
      if (earlier.size < (checkpoints[i - 1]?.size ?? 0)) faults.push(`a checkpoint of size ${earlier.size} came after one of size ${checkpoints[i - 1]?.size}`);
      if (earlier.size > newest.size || !(await this.#extends(newest, earlier))) faults.push(`the checkpoint of size ${newest.size} does not extend that of size ${earlier.size}`);
    }
    return faults;
  }

  async #extends(newest: Checkpoint, earlier: Checkpoint): Promise<boolean> {
    if (earlier.size === 0) return true;
    if (earlier.size === newest.size) return Buffer.compare(earlier.root, newest.root) === 0;
    const sizes = { firstSize: BigInt(earlier.size), secondSize: BigInt(newest.size) };
    const { path } = await persistently(() => this.#auditor.audit.getConsistencyProof(sizes));
    return verifyConsistency({ size1: earlier.size, root1: earlier.root, size2: newest.size, root2: newest.root, path });
  }
}

function opened(note: string, verifier: string): Checkpoint {
  const checked = openCheckpoint(note, [parseVerifierKey(verifier)]);
  if (!checked.ok) throw new Error(`a checkpoint does not open: ${checked.reason}`);
  return checked.checkpoint;
}
