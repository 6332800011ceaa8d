import type { StoredRecord } from '@corridor/eventlog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyInOrder, type SubjectEvent } from './apply-in-order.ts';

/** A consumer that keeps in memory what it applied. */
class Projection {
  readonly versions = new Map<string, number>();
  readonly seen: SubjectEvent[] = [];
  readonly handle = applyInOrder<SubjectEvent>({
    parse: ({ key, headers }) => (headers['skip'] === undefined ? { subject: key, version: Number(headers['version']) } : undefined),
    applied: async (subjects) => new Map(subjects.flatMap((subject) => [...this.versions].filter(([known]) => known === subject))),
    apply: async (events) => {
      expect(events.length).toBeGreaterThan(0);
      this.seen.push(...events);
      for (const { subject, version } of events) this.versions.set(subject, version);
    },
  });
}

const record = (key: string, version: number, headers = {}): StoredRecord => ({
  topic: 't',
  partition: 0,
  offset: 0,
  key,
  envelope: new Uint8Array(),
  headers: { version: String(version), ...headers },
});

describe('applying in order', () => {
  it('applies each version of each subject once, in order, whatever repeats come between', async () => {
    const versions = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat({ max: 3 })), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(versions, fc.integer({ min: 1, max: 9 }), async (steps, batchSize) => {
        // A log as relays write it: the next version of a subject, or a repeat of up to three versions back.
        const last = new Map<string, number>();
        const log = steps.map(([subject, back]) => {
          const reached = last.get(subject) ?? 0;
          const version = back === 0 || reached === 0 ? reached + 1 : Math.max(1, reached + 1 - back);
          last.set(subject, Math.max(reached, version));
          return record(subject, version);
        });
        const projection = new Projection();
        for (let at = 0; at < log.length; at += batchSize) await projection.handle(log.slice(at, at + batchSize));
        expect(projection.versions).toEqual(last);
        for (const [subject, reached] of last) {
          expect(projection.seen.filter((each) => each.subject === subject).map(({ version }) => version)).toEqual(
            Array.from({ length: reached }, (_, i) => i + 1),
          );
        }
      }),
    );
  });

  it('puts what came too early behind what it waits for', async () => {
    const projection = new Projection();
    await projection.handle([record('a', 2), record('a', 4), record('b', 1), record('a', 1), record('a', 3)]);
    expect(projection.seen.filter(({ subject }) => subject === 'a').map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    expect(projection.versions).toEqual(new Map([['a', 4], ['b', 1]]));
  });

  it('waits in front of a gap: applies what came before, rejects, and goes on when the gap is filled', async () => {
    const projection = new Projection();
    const batch = [record('a', 1), record('a', 3), record('b', 1)];
    await expect(projection.handle(batch)).rejects.toMatchObject({ reason: 'LOG_INCOMPLETE' });
    expect(projection.versions).toEqual(new Map([['a', 1], ['b', 1]]));
    await projection.handle([...batch, record('a', 2)]);
    expect(projection.versions).toEqual(new Map([['a', 3], ['b', 1]]));
  });

  it('does not ask or apply when nothing of the batch is of interest', async () => {
    const projection = new Projection();
    await projection.handle([record('a', 9, { skip: 'yes' })]);
    expect(projection.seen).toEqual([]);
  });
});
