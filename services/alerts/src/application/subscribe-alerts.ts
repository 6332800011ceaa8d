import { CorridorError, utf8, type Clock, type Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { openOffsets, sealOffsets, type NodeAead } from '@corridor/runtime';
import { traced } from '@corridor/telemetry';
import { changesFor, gravest, shownTo, topicOf, type Alert, type AlertChange } from '../domain/alert.ts';
import { filterKey, wants, type AlertFilter } from '../domain/topic.ts';
import { isAdmitted, type Reader } from './admission.ts';
import { surely, type EarlyWarning } from './early-warning.ts';
import type { AlertLog, AlertNews } from './news.ts';

/** Fixed time between marks while nothing is delivered, ms. */
const HEARTBEAT = 10_000;
/** Of how many alerts it is remembered up to which version they were told of. */
const REMEMBERED = 10_000;

export interface SubscribeAlertsCommand {
  readonly actor: ActorRef;
  readonly filter: AlertFilter;
  readonly start: { readonly kind: 'now' } | { readonly kind: 'beginning' } | { readonly kind: 'cursor'; readonly cursor: Uint8Array };
}

/** Where a subscription's events go. Each sends at once and resolves when the transport takes more. */
export interface AlertOutlet {
  delivery(change: AlertChange): Promise<void>;
  mark(cursor: Buffer): Promise<void>;
}

export interface SubscribeAlertsDependencies {
  readonly early: EarlyWarning;
  readonly log: AlertLog;
  readonly cursors: NodeAead;
  readonly clock: Clock;
}

/**
 * Tells a reader of alerts until the signal aborts, each under decisions and a read that are on record before it is sent.
 * @throws CorridorError CURSOR_INVALID, LOG_INCOMPLETE
 */
export async function subscribeAlerts({ actor, filter, start }: SubscribeAlertsCommand, outlet: AlertOutlet, signal: AbortSignal, deps: SubscribeAlertsDependencies): Promise<void> {
  const { log, cursors, clock, early } = deps;
  const binding = utf8(`alerts\0${actor.agency}\0${filterKey(filter)}`);
  const offsets = await startAt(start, binding, deps);
  let heart = new AbortController();
  let beat: Promise<'beat'> = Promise.resolve('beat');
  /** Marks, and lets the fixed time to the next mark begin: what is told to others neither hastens nor delays it. */
  const mark = async (): Promise<void> => {
    heart.abort();
    heart = new AbortController();
    beat = clock.wait(HEARTBEAT, AbortSignal.any([heart.signal, signal])).then(BEAT, BEAT);
    await outlet.mark(sealOffsets(offsets, binding, cursors));
  };
  // A relay may have put what lies before a cursor into the log once more behind it.
  const telling = new Telling({ ...actor, inPerson: true }, filter, early, await log.versionsBefore(offsets));
  await mark();
  const ended = new AbortController();
  const news = log.follow([...offsets], AbortSignal.any([signal, ended.signal]))[Symbol.asyncIterator]();
  let next = news.next();
  try {
    while (!signal.aborted) {
      const came = await Promise.race([next, beat]);
      if (came === 'beat') {
        if (!signal.aborted) await mark();
        continue;
      }
      if (came.done === true) return;
      next = news.next();
      const told = await telling.tell(came.value, (change) => (signal.aborted ? Promise.resolve() : outlet.delivery(change)));
      offsets[came.value.partition] = came.value.offset + 1;
      if (told && !signal.aborted) await mark();
    }
  } finally {
    heart.abort();
    ended.abort();
    await next.catch(() => undefined);
    await news.return?.();
  }
}

const BEAT = (): 'beat' => 'beat';

async function startAt(start: SubscribeAlertsCommand['start'], binding: Uint8Array, { log, cursors }: SubscribeAlertsDependencies): Promise<number[]> {
  switch (start.kind) {
    case 'now':
      return [...(await log.end())];
    case 'beginning':
      return Array.from({ length: log.partitions }, () => 0);
    case 'cursor': {
      const offsets = openOffsets(start.cursor, log.partitions, binding, cursors);
      const end = await log.end();
      if (offsets.some((offset, p) => offset > (end[p] ?? 0))) {
        throw new CorridorError('LOG_INCOMPLETE', 'the cursor is ahead of the log: the node has lost alerts that you received');
      }
      return offsets;
    }
  }
}

/** Tells one reader of what it may and wants to know, each version of an alert once. */
export class Telling {
  readonly #reader: Reader;
  readonly #filter: AlertFilter;
  readonly #early: EarlyWarning;
  readonly #told: Map<Uuid, number>;

  /** @param told up to which version it was told of alerts before */
  constructor(reader: Reader, filter: AlertFilter, early: EarlyWarning, told: ReadonlyMap<Uuid, number> = new Map()) {
    this.#reader = reader;
    this.#filter = filter;
    this.#early = early;
    this.#told = new Map(told);
  }

  /** Whether something was sent. @throws CorridorError POLICY_UNCONFIRMED */
  async tell(news: AlertNews, send: (change: AlertChange) => Promise<void>): Promise<boolean> {
    const { change } = news;
    const began = this.#early.clock.now();
    if (change === undefined || !this.#concerns(change)) return false;
    const { admission } = this.#early;
    const { alert } = change;
    for (;;) {
      const answer = await admission.decide(alert, this.#reader);
      if (!isAdmitted(answer)) return false;
      await admission.read([alert], this.#reader, answer.revision);
      // From here to the sending nothing waits: what was decided is what goes out.
      if (!answer.stands()) continue;
      this.#remember(alert);
      await this.#traced(news, change, began, () => send({ ...change, alert: shownTo(alert, this.#reader.agency, answer.obligations) }));
      return true;
    }
  }

  /** Sends at once; under a span, as of when it began, while there are not many of what happened. */
  #traced({ traceparent, partition, offset }: AlertNews, { cause }: AlertChange, began: number, send: () => Promise<void>): Promise<void> {
    const { agency, inPerson } = this.#reader;
    if (traceparent === undefined || !this.#early.spans.take(`${partition}/${offset}`)) return send();
    const about = { 'corridor.agency': agency, 'corridor.channel': inPerson ? ('stream' as const) : ('topic' as const), 'corridor.alert.cause': cause };
    return traced('alert.deliver', about, send, { from: traceparent, at: began });
  }

  /** Whether it is new, wanted and shows to the reader. A relay may repeat what is in the log. */
  #concerns({ alert, duty }: AlertChange): boolean {
    const { agency, places } = this.#early;
    if (alert.version <= (this.#told.get(alert.id) ?? 0)) return false;
    if (!changesFor(duty, this.#reader.agency, agency)) return false;
    return wants(this.#filter, alert.status, topicOf(alert), gravest(alert), surely(places.contains));
  }

  #remember({ id, version }: Alert): void {
    this.#told.delete(id);
    this.#told.set(id, version);
    if (this.#told.size <= REMEMBERED) return;
    for (const oldest of this.#told.keys()) {
      this.#told.delete(oldest);
      return;
    }
  }
}
