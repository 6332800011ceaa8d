import type { Leases } from '@corridor/documents';
import { Signal, untilWritten, type Clock } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';
import type { FoldedRecord } from '../domain/folded-record.ts';
import type { Archive, FoldPosition, ToArchive } from './archive.ts';
import { updatesIn } from './records-at-hand.ts';

/** For how long it rests between writes, ms: a little later more goes in one write, and what is being published does not wait behind it. */
const REST = 20;
/** It does not rest while so many records wait. */
const AT_ONCE = 256;
/** How many records are archived at a time; then the other replicas are told. */
const BATCH = 256;
/** How often a replica that does not write looks how far the other one has come, ms, and for how long that may stand still. */
const [LOOKED_EVERY, STANDS_STILL] = [50, 500];
/** For how long a replica holds the job, when it prolongs that, and how long another one waits before it asks again, ms. */
const [LEASE, PROLONGED_AT, ASKED_EVERY] = [3000, 2000, 500];

/** How far the fold has come. */
export interface Folded {
  /** The number of the next record to be folded. */
  readonly head: number;
  readonly position: FoldPosition;
}

export interface ArchivingDependencies {
  readonly archive: Archive;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly report: Report;
  /** How far the fold is now. */
  folded(): Folded;
  /** Everything below this number is archived. */
  onArchived(head: number): void;
}

/**
 * Brings what was folded here into the archive, in its order. Of the replicas, which all fold the same, one writes at a
 * time and the others see that it did; one that somebody waits for, that is running out of room, or that sees nobody write,
 * writes by itself. What two write is the same.
 */
export class Archiving {
  readonly #deps: ArchivingDependencies;
  readonly #stopping: AbortSignal;
  readonly #archived = new Signal();
  /** Fires when more is folded. */
  readonly #grown: Signal;
  #waiting: ToArchive[] = [];
  #updates = 0;
  #head = 0;
  #isStuck = false;
  #resting = new AbortController();
  /** How many wait for it. */
  #inHurry = 0;
  #heldUntil = -Infinity;
  #askAgainAt = -Infinity;

  constructor(deps: ArchivingDependencies, grown: Signal, stopping: AbortSignal) {
    this.#deps = deps;
    this.#grown = grown;
    this.#stopping = stopping;
    stopping.addEventListener('abort', () => this.#archived.fire(), { once: true });
  }

  /** The number up to which everything is archived. */
  get head(): number {
    return this.#head;
  }

  /** Updates that are folded and not yet archived. */
  get updates(): number {
    return this.#updates;
  }

  /** A record will be folded that has to be archived. */
  push(entry: ToArchive): void {
    this.#waiting.push(entry);
    if (this.#waiting.length === AT_ONCE) this.#resting.abort();
  }

  /** A record is folded. */
  count(record: FoldedRecord): void {
    this.#updates += updatesIn(record);
  }

  /** Archives until it is stopped and everything is archived. @throws what will not pass; the reason of the stop when it cannot write then */
  async run(): Promise<void> {
    for (;;) {
      const { head, position } = this.#deps.folded();
      if (head > this.#head) {
        const updates = this.#updates;
        const entries = this.#waiting;
        this.#waiting = [];
        await this.#reach(position, entries);
        this.#head = head;
        this.#updates -= updates;
        this.#deps.onArchived(head);
        this.#archived.fire();
        if (this.#waiting.length < AT_ONCE && this.#inHurry === 0) await this.#rest(REST);
      } else if (this.#stopping.aborted) {
        await this.#deps.leases.release(JOB).catch(() => undefined);
        return;
      } else {
        await this.#grown.next;
      }
    }
  }

  /** Waits, without letting it rest, until everything below a number is archived, unless it cannot go on now. */
  until(head: number): Promise<void> {
    return this.hurry(() => this.#head < head && !this.#isStuck);
  }

  /** Waits while `isBehind`, with the archive going on without rest. */
  async hurry(isBehind: () => boolean): Promise<void> {
    this.#inHurry += 1;
    this.#resting.abort();
    try {
      while (isBehind() && !this.#stopping.aborted) await this.#archived.next;
    } finally {
      this.#inHurry -= 1;
    }
  }

  /** Has what leads to a position archived, by this replica or by another. */
  async #reach(to: FoldPosition, entries: readonly ToArchive[]): Promise<void> {
    const { archive, clock } = this.#deps;
    let seen = '';
    for (let since = clock.monotonic(); ; ) {
      const there = await this.#untilDone(() => archive.position());
      const missing = entries.filter(({ record }) => record.offset >= (there?.offsets[record.partition] ?? 0));
      if (missing.length === 0 && isReached(to, there)) return;
      const now = clock.monotonic();
      const at = String(there?.offsets);
      if (at !== seen) since = now;
      // Who holds the job has died, or stands still: until the next one may hold it, this one does it.
      else if (now - since >= STANDS_STILL) this.#heldUntil = now + LEASE;
      seen = at;
      if (await this.#isWriting()) return this.#write(missing, to, there);
      await this.#rest(LOOKED_EVERY);
    }
  }

  async #write(missing: readonly ToArchive[], to: FoldPosition, there: FoldPosition | undefined): Promise<void> {
    const { archive } = this.#deps;
    const newestId = Math.max(to.newestId, there?.newestId ?? 0);
    const offsets = to.offsets.map((_, partition) => there?.offsets[partition] ?? 0);
    for (let i = 0; i < missing.length; i += BATCH) {
      const batch = missing.slice(i, i + BATCH);
      await this.#untilDone(() => archive.write(batch));
      for (const { record } of batch) offsets[record.partition] = record.offset + 1;
      if (i + BATCH < missing.length) await this.#untilDone(() => archive.reach({ offsets: [...offsets], newestId }));
    }
    // Behind the last of them there may be records that nobody can read any more.
    await this.#untilDone(() => archive.reach({ offsets: offsets.map((offset, partition) => Math.max(offset, to.offsets[partition] ?? 0)), newestId }));
  }

  /** Whether it falls to this replica to write. */
  async #isWriting(): Promise<boolean> {
    const { leases, clock } = this.#deps;
    if (this.#inHurry > 0 || this.#stopping.aborted) return true;
    const now = clock.monotonic();
    if (now < this.#heldUntil - PROLONGED_AT) return true;
    if (now < this.#askAgainAt) return false;
    const holds = await this.#untilDone(() => leases.hold(JOB, LEASE));
    this.#heldUntil = holds ? now + LEASE : -Infinity;
    this.#askAgainAt = holds ? -Infinity : now + ASKED_EVERY;
    return holds;
  }

  /** Rests until somebody is in a hurry, or much waits. */
  async #rest(ms: number): Promise<void> {
    this.#resting = new AbortController();
    await this.#deps.clock.wait(ms, AbortSignal.any([this.#resting.signal, this.#stopping])).catch(() => undefined);
  }

  /** A full disk delays the archive and nothing else. */
  async #untilDone<T>(act: () => Promise<T>): Promise<T> {
    const done = await untilWritten(act, this.#deps.clock, this.#stopping, ({ reason }) => {
      if (!this.#isStuck) this.#deps.report('warn', 'hub.archive-waits', { reason });
      this.#isStuck = true;
      this.#archived.fire();
    });
    this.#isStuck = false;
    return done;
  }
}

const JOB = 'archive';

const isReached = ({ offsets }: FoldPosition, there: FoldPosition | undefined): boolean => offsets.every((offset, partition) => offset <= (there?.offsets[partition] ?? 0));
