import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { pickPage, type PagePosition, type Picked } from '@corridor/documents';
import { CorridorError } from '@corridor/kernel';
import type { ActorRef, PolicyRevision } from '@corridor/policy';
import { asOf } from '../domain/history.ts';
import { seriesItself, type Subject } from '../domain/subject.ts';
import { unknown, type Kind } from './change.ts';
import { isErased, type Followup, type Stored } from './followup.ts';
import { isSeen, type Seen } from './visibility.ts';

/** How an object is shown. */
export interface Shown<S, E> extends Kind<S, E> {
  /** What it is called in refusals. */
  readonly what: string;
  /** What decides who may see it. */
  subjectOf(state: S): Subject | Promise<Subject>;
  /** The object as a reader sees it whose view must not hold free texts. */
  withoutTexts(state: S): S;
}

/** An object that a reader may see, as it stood at the moment asked about, and on what ground. */
export interface Readable<S> {
  readonly state: S;
  readonly subject: Subject;
  readonly seen: Seen;
}

/** The moment a reader asks about. @param asOfTime undefined: now @throws CorridorError INVALID_ARGUMENT for one to come */
export function momentFrom(asOfTime: number | undefined, now: number): number {
  if (asOfTime !== undefined && asOfTime > now) {
    throw new CorridorError('INVALID_ARGUMENT', 'as_of must not lie in the future: nobody knows how things will stand', { field: 'as_of' });
  }
  return asOfTime ?? now;
}

/**
 * One object, for a reader: as it stood at a moment, when the reader may see it both as it was and as it is. The read,
 * or its refusal, is on record before the answer.
 * @throws CorridorError NOT_FOUND when there is none for this reader: refused and unknown are the same
 */
export async function readOne<S, E>(followup: Followup, shown: Shown<S, E>, id: string, reader: ActorRef, moment: number): Promise<S> {
  for (;;) {
    const found = await readable(followup, shown, id, reader, moment);
    await followup.visibility.read([found.subject], reader, found.seen.revision);
    if (found.seen.stands()) return viewOf(shown, found);
  }
}

/** An object that the reader may see; a refusal is on record. @throws CorridorError NOT_FOUND */
export async function readable<S, E>(followup: Followup, shown: Shown<S, E>, id: string, reader: ActorRef, moment: number): Promise<Readable<S>> {
  const stored = await shown.documents.get(id);
  const found = stored === undefined ? undefined : await look(followup, shown, stored.doc, reader, moment);
  if (found === undefined) {
    // So that it takes as long to be told of nothing.
    await followup.visibility.read([], reader, await followup.visibility.revision());
    throw unknown(shown.what);
  }
  if ('unseen' in found) {
    await followup.visibility.refuse(found.subject, found.unseen, reader);
    throw unknown(shown.what);
  }
  return found;
}

/** What a reader may see of a document at a moment; undefined when there was nothing then. */
async function look<S, E>({ visibility }: Followup, shown: Shown<S, E>, stored: Stored<S, E>, reader: ActorRef, moment: number) {
  if (isErased(stored)) return undefined;
  const isNow = (stored.history.at(-1)?.at ?? moment) <= moment;
  const state = isNow ? stored.state : asOf(shown.evolve, stored, moment);
  if (state === undefined) return undefined;
  const subject = await shown.subjectOf(stored.state);
  const seen = await visibility.decide(subject, reader);
  if (!isSeen(seen)) return { unseen: seen, subject };
  if (isNow) return { state, subject, seen };
  // As it was it may have been stricter.
  const before = await visibility.decide(await shown.subjectOf(state), reader);
  if (!isSeen(before)) return { unseen: before, subject };
  const both: Seen = { ...seen, withoutTexts: seen.withoutTexts || before.withoutTexts, stands: () => seen.stands() && before.stands() };
  return { state, subject, seen: both };
}

const viewOf = <S, E>(shown: Shown<S, E>, { state, seen }: Readable<S>): S => (seen.withoutTexts ? shown.withoutTexts(state) : state);

/** Reads through documents in the order of an index. */
export interface Walk<S> {
  readonly index: string;
  readonly range: { readonly from: string; readonly to?: string };
  /** Whether the reader wants it; asked of what it may see. */
  wants(state: S): boolean;
}

/** How many documents are read at a time. */
const CHUNK = 100;

/** One page of what a reader may see and wants, without holding the event loop, on record before it is given out. @throws CorridorError POLICY_UNCONFIRMED */
export async function readPage<S, E>(
  followup: Followup,
  shown: Shown<S, E>,
  { index, range, wants }: Walk<S>,
  reader: ActorRef,
  moment: number,
  after: PagePosition | undefined,
  size: number,
): Promise<Picked<S>> {
  const pick = async (doc: Stored<S, E>): Promise<Readable<S> | undefined> => {
    const one = await look(followup, shown, doc, reader, moment);
    return one === undefined || 'unseen' in one || !wants(one.state) ? undefined : one;
  };
  const page = await pickPage(shown.documents, { index, range, after, order: 'ascending', size }, pick, ({ state }) => state);
  const found = page.items;
  if (found.length > 0) await followup.visibility.read(found.map(({ subject }) => subject), reader, await followup.visibility.revision());
  if (!found.every(({ seen }) => seen.stands())) throw new CorridorError('POLICY_UNCONFIRMED', 'the policy state changed meanwhile');
  return { ...page, items: found.map((one) => viewOf(shown, one)) };
}

/**
 * Everything that a reader may see and wants, one after the other, without holding the event loop: for counts and sums.
 * On record is a read of each series of which something counted.
 * @throws CorridorError POLICY_UNCONFIRMED when what a reader may see changed meanwhile
 */
export async function readAll<S, E>(followup: Followup, shown: Shown<S, E>, { index, range, wants }: Walk<S>, reader: ActorRef, moment: number, take: (state: S) => void): Promise<void> {
  const { revision } = await followup.policy.current();
  const counted = new Map<string, Subject>();
  for (let after: PagePosition | undefined; ; ) {
    const page = await shown.documents.page(index, range, after, CHUNK);
    for (const { doc } of page.items) {
      const one = await look(followup, shown, doc, reader, moment);
      if (one === undefined || 'unseen' in one || !wants(one.state)) continue;
      counted.set(`${one.subject.owner}/${one.subject.series}`, one.subject);
      take(one.state);
    }
    if (page.next === undefined) break;
    after = page.next;
    await turnOfTheEventLoop();
  }
  await recordCounted(followup, [...counted.values()].map(seriesItself), reader, revision);
  const now = await followup.policy.current();
  if (now.revision.registry !== revision.registry || now.revision.consents !== revision.consents) {
    throw new CorridorError('POLICY_UNCONFIRMED', 'the policy state changed meanwhile');
  }
}

/** How many series one entry of the record names. */
const NAMED_AT_ONCE = 1000;

/** At least one entry, so that it takes as long to be told of nothing. */
async function recordCounted({ visibility }: Followup, series: readonly Subject[], reader: ActorRef, revision: PolicyRevision): Promise<void> {
  for (let at = 0; at === 0 || at < series.length; at += NAMED_AT_ONCE) {
    await visibility.read(series.slice(at, at + NAMED_AT_ONCE), reader, revision);
  }
}
