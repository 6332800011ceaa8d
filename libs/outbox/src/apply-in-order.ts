import type { OnBatch, StoredRecord } from '@corridor/eventlog';
import { CorridorError } from '@corridor/kernel';

/** An event of a versioned subject, as a consumer parses it from a record. */
export interface SubjectEvent {
  /** Whom the versions count for, e.g. the id of the document that the event came from. */
  readonly subject: string;
  /** 1 for the first event of the subject, then one more each. */
  readonly version: number;
}

/** How a consumer keeps what it applied. */
export interface InOrder<E extends SubjectEvent> {
  /** Parses a record; undefined when it is of no interest whatever its version. */
  parse(record: StoredRecord): E | undefined;
  /** The version applied last of each of these subjects; a subject without any may be left out. */
  applied(subjects: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Applies events, each one version above the last of its subject, and keeps their versions with the result. Never empty. */
  apply(events: readonly E[]): Promise<void>;
}

/**
 * The consumer's side of the outbox: makes a handler that applies of each subject exactly the version after the last,
 * ignores lower ones (repeats), and puts what arrived too early behind what it waits for. When a version is missing at
 * the end of a batch the handler applies what came before and rejects with LOG_INCOMPLETE: the group's position stays
 * in front of the gap, and the batch is delivered again.
 */
export function applyInOrder<E extends SubjectEvent>(consumer: InOrder<E>): OnBatch {
  return async (records) => {
    const events = records.map((record) => consumer.parse(record)).filter((event) => event !== undefined);
    const subjects = [...new Set(events.map(({ subject }) => subject))];
    if (subjects.length === 0) return;
    const last = new Map(await consumer.applied(subjects));
    const early = new Map<string, Map<number, E>>();
    const due: E[] = [];
    for (const event of events) {
      const next = (last.get(event.subject) ?? 0) + 1;
      if (event.version > next) hold(early, event);
      if (event.version !== next) continue;
      for (let ready: E | undefined = event; ready !== undefined; ready = take(early, ready.subject, ready.version + 1)) {
        due.push(ready);
        last.set(ready.subject, ready.version);
      }
    }
    if (due.length > 0) await consumer.apply(due);
    refuseGaps(early, last);
  };
}

function hold<E extends SubjectEvent>(early: Map<string, Map<number, E>>, event: E): void {
  const held = early.get(event.subject);
  if (held === undefined) early.set(event.subject, new Map([[event.version, event]]));
  else held.set(event.version, event);
}

function take<E extends SubjectEvent>(early: Map<string, Map<number, E>>, subject: string, version: number): E | undefined {
  const held = early.get(subject);
  const event = held?.get(version);
  held?.delete(version);
  return event;
}

function refuseGaps<E extends SubjectEvent>(early: ReadonlyMap<string, ReadonlyMap<number, E>>, last: ReadonlyMap<string, number>): void {
  for (const [subject, held] of early) {
    if (held.size === 0) continue;
    const version = (last.get(subject) ?? 0) + 1;
    throw new CorridorError('LOG_INCOMPLETE', `version ${version} of ${subject} is missing before version ${Math.min(...held.keys())}`);
  }
}
